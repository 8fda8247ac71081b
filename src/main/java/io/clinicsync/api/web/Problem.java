package io.clinicsync.api.web;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.net.URI;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What every refused request answers [RFC 9457, ER-3].
 *
 * @param type a stable name of the kind of problem
 * @param detail one plain sentence, without any value that was sent
 * @param code stable code for programs
 * @param field the first field that is wrong; absent when the fault lies elsewhere
 * @param fields every field that is wrong
 * @param nextStep what the caller does next
 * @param requestId to be named when asking for help
 * @param booking the attempt's id, where one was kept
 * @param alternatives at most three open times, where a time was refused
 * @param choices at most three names, where one must be chosen
 * @param bookAt the clinic's own booking page, where nothing can be booked through us
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record Problem(
    String type,
    String title,
    int status,
    String detail,
    String code,
    @Nullable String field,
    @Nullable List<WrongField> fields,
    String nextStep,
    @Nullable String requestId,
    @Nullable UUID booking,
    @Nullable List<OfferView> alternatives,
    @Nullable List<String> choices,
    @Nullable URI bookAt)
    implements Json {

  /** What a refused booking offers instead. */
  record Instead(
      @Nullable UUID booking,
      List<OfferView> alternatives,
      List<String> choices,
      @Nullable URI bookAt) {

    static final Instead NOTHING = new Instead(null, List.of(), List.of(), null);
  }

  /** A field and what is wrong with it. */
  record WrongField(String field, String detail) implements Json {}
}
