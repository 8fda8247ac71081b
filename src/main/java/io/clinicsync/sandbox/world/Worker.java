package io.clinicsync.sandbox.world;

import java.util.List;

/**
 * Someone who works at the clinic and takes appointments.
 *
 * @param sites indices of the sites they work at; the first is their main one
 * @param services indices of what they offer
 * @param active false when they left but old appointments still name them
 */
public record Worker(
    String firstName,
    String lastName,
    String title,
    String email,
    String designation,
    List<Integer> sites,
    List<Integer> services,
    boolean active,
    boolean online) {}
