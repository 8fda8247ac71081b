package io.clinicsync.sandbox.cliniko;

/** The vendor refuses the request; carries what it answers. */
final class BadRequest extends RuntimeException {

  private static final long serialVersionUID = 1;

  final int status;

  BadRequest(int status, String message) {
    super(message, null, false, false);
    this.status = status;
  }

  String message() {
    String message = getMessage();
    return message == null ? "" : message;
  }
}
