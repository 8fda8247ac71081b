package io.clinicsync.emr.spi;

/** Something a connector can do for an account. */
public sealed interface Capability
    permits RecordSource,
        CatalogueSource,
        AvailabilityProvider,
        PatientDirectory,
        BookingGateway,
        BookingLink,
        ChangeListener,
        PersonStep,
        OAuthSignIn,
        SessionKeeper,
        FileIntake {}
