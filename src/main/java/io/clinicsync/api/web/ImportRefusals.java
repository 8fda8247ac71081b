package io.clinicsync.api.web;

import io.clinicsync.api.ErrorCatalogue;
import io.clinicsync.imports.FileRefused;
import java.util.List;

/** What a clinic is told about a file that is not taken. */
final class ImportRefusals {

  private ImportRefusals() {}

  static RequestRefused of(FileRefused refused) {
    return of(refused.reason());
  }

  static RequestRefused of(FileRefused.Reason reason) {
    int status =
        switch (reason) {
          case UNKNOWN -> 415;
          case TOO_LARGE -> 413;
          case EMPTY, ENCODING, PROTECTED, INFLATES, BROKEN, TOO_MANY_ROWS, TOO_MANY_COLUMNS -> 422;
        };
    ErrorCatalogue.Entry entry = ErrorCatalogue.require(reason.code());
    return new RequestRefused(status, entry.code(), entry.sentence(), entry.nextStep(), List.of());
  }
}
