package io.clinicsync.compat;

import com.fasterxml.jackson.databind.node.ObjectNode;

/** Renders patients of one EMR in the shape of its documented webhook payload. */
interface Payload {

  /** The EMR's id. */
  String emr();

  ObjectNode render(Subject subject);
}
