package io.clinicsync.api.web;

import io.clinicsync.booking.BookingAnswer;
import io.clinicsync.booking.BookingRequests.Who;
import io.clinicsync.booking.Bookings;
import io.clinicsync.booking.PatientLookup;
import io.clinicsync.booking.PatientLookup.Looked;
import io.clinicsync.tenancy.KeyScope;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.Valid;
import jakarta.validation.constraints.PastOrPresent;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.time.LocalDate;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * Who somebody is in the EMR, for callers that may book but not read patients: they learn an id and
 * a name, nothing else.
 */
@RestController
@RequestMapping({"/api/v1/clinics/{clinicId}/patients", "/api/v1/patients"})
@Tag(name = "Patients")
class PatientLookupController {

  private final PatientLookup lookup;
  private final Bookings bookings;
  private final BookableConnections connections;
  private final BookingAnswers answers;

  PatientLookupController(
      PatientLookup lookup,
      Bookings bookings,
      BookableConnections connections,
      BookingAnswers answers) {
    this.lookup = lookup;
    this.bookings = bookings;
    this.connections = connections;
    this.answers = answers;
  }

  /**
   * Whom to look for: the EMR's id, or first and last name with e-mail or phone.
   *
   * @param connection needed only where the key reaches more than one
   * @param contact the person's contact in GoHighLevel, asked first where the name agrees
   */
  record Sought(
      @Nullable UUID connection,
      @Nullable
          @Size(min = 1, max = 200)
          @Pattern(regexp = ClinicController.PLAIN, message = "must not hold control characters")
          String id,
      @Nullable
          @Size(min = 1, max = 100)
          @Pattern(regexp = ClinicController.PLAIN, message = "must not hold control characters")
          String contact,
      @Nullable
          @Size(max = 100)
          @Pattern(regexp = ClinicController.PLAIN, message = "must not hold control characters")
          String firstName,
      @Nullable
          @Size(max = 100)
          @Pattern(regexp = ClinicController.PLAIN, message = "must not hold control characters")
          String lastName,
      @Nullable @PastOrPresent LocalDate birthDate,
      @Nullable
          @Size(max = 200)
          @Pattern(regexp = "[^@\\s]+@[^@\\s]+", message = "must be an e-mail address")
          String email,
      @Nullable @Size(max = 40) String phone)
      implements Json {

    Who who() {
      return new Who(id, firstName, lastName, birthDate, email, phone, false);
    }

    @Override
    public String toString() {
      return "Sought";
    }
  }

  /** Who it is. */
  record FoundView(String id, @Nullable String firstName, @Nullable String lastName)
      implements Json {
    @Override
    public String toString() {
      return "FoundView[" + id + "]";
    }
  }

  @PostMapping("/lookup")
  @Needs({KeyScope.BOOK, KeyScope.READ})
  @Operation(
      summary = "Look a patient up",
      description =
          "By the EMR's id, or by first and last name with e-mail or phone; a contact of GoHighLevel goes first where its patient"
              + " has this name. Dates of birth that differ rule somebody out. The EMR itself is asked where our copy has no answer."
              + " Answers id and name only; 404 when there is nobody, 422 needs_info when it is not certain who is meant.")
  FoundView find(Reach reach, @Valid @RequestBody Sought sought) {
    return switch (lookup.find(
        connections.of(reach, sought.connection()), sought.who(), sought.contact())) {
      case Looked.Found found -> new FoundView(found.id(), found.firstName(), found.lastName());
      case Looked.Not(BookingAnswer answer) -> throw answers.refusalOfPatient(answer);
    };
  }

  /**
   * A person to register.
   *
   * @param connection needed only where the key reaches more than one
   */
  record NewPerson(
      @Nullable UUID connection,
      @Nullable
          @Size(max = 100)
          @Pattern(regexp = ClinicController.PLAIN, message = "must not hold control characters")
          String firstName,
      @Nullable
          @Size(max = 100)
          @Pattern(regexp = ClinicController.PLAIN, message = "must not hold control characters")
          String lastName,
      @Nullable @PastOrPresent LocalDate birthDate,
      @Nullable
          @Size(max = 200)
          @Pattern(regexp = "[^@\\s]+@[^@\\s]+", message = "must be an e-mail address")
          String email,
      @Nullable @Size(max = 40) String phone)
      implements Json {

    Who who() {
      return new Who(null, firstName, lastName, birthDate, email, phone, true);
    }

    @Override
    public String toString() {
      return "NewPerson";
    }
  }

  @PostMapping
  @Needs(KeyScope.BOOK)
  @Operation(
      summary = "Register a patient",
      description =
          "Where the clinic's policy for all treatments allows it. Answers 201 only after the EMR confirmed it, 200 already_there"
              + " for somebody it has. 202 with code unknown: it was sent and the EMR has not answered; the same request, with the"
              + " same Idempotency-Key where one was given, says what became of it. Any number of calls register a person once.")
  ResponseEntity<BookingView> register(
      Reach reach,
      @RequestHeader(name = BookingCalls.KEY, required = false) @Nullable String key,
      @Valid @RequestBody NewPerson wanted) {
    BookingAnswer answer =
        bookings.register(
            connections.of(reach, wanted.connection()),
            wanted.who(),
            BookingCalls.asked(reach, key));
    return answers.ofPatient(answer);
  }
}
