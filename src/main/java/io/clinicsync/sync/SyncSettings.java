package io.clinicsync.sync;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How the engine runs.
 *
 * @param shortest and longest bounds of the planned interval between two runs
 * @param settle how far behind the vendor's clock a mark stays [R3]
 * @param lease how long a run may be silent before another node may take over; extended with each
 *     stored page
 * @param slice how long a run may go on before it makes room for others; it is continued as soon as
 *     a worker is free [R22]
 * @param catalogueEvery how often names, types and sites are read again
 * @param sweepEvery how often everything is compared with the EMR [SY-3]
 * @param removalFloor and removalShare the brake: more removals than both in one run pause the
 *     connection [R7]
 * @param perClinic how many of a node's workers one clinic's runs, sweeps and backfills may hold at
 *     once [R22]
 * @param runsKept finished runs kept per connection
 */
@ConfigurationProperties("clinicsync.sync")
record SyncSettings(
    @DefaultValue("5m") Duration shortest,
    @DefaultValue("45m") Duration longest,
    @DefaultValue("60s") Duration settle,
    @DefaultValue("5m") Duration lease,
    @DefaultValue("2m") Duration slice,
    @DefaultValue("6h") Duration catalogueEvery,
    @DefaultValue("24h") Duration sweepEvery,
    @DefaultValue("20") int removalFloor,
    @DefaultValue("0.05") double removalShare,
    @DefaultValue("4") int perClinic,
    @DefaultValue("200") int runsKept) {}
