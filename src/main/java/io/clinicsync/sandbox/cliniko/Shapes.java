package io.clinicsync.sandbox.cliniko;

/** The resources as Cliniko's published description has them. */
final class Shapes {

  static final Schema PATIENTS =
      Schema.of(
          "patients",
          """
          first_name text - fw
          last_name text - fw
          preferred_first_name text - fw
          label text
          title text - w
          email text - fw
          date_of_birth date - fw
          sex text - w
          gender text
          gender_identity text - w
          pronouns json - w
          address_1 text - w
          address_2 text - w
          address_3 text - w
          city text - w
          state text - w
          post_code text - w
          country text - w
          time_zone text - w
          patient_phone_numbers json - w
          accepted_email_marketing flag - w
          accepted_sms_marketing flag
          accepted_privacy_policy flag - w
          receives_confirmation_emails flag - w
          reminder_type text - w
          referral_source text - w
          old_reference_id text - fw
          notes text - w
          appointment_notes text - w
          occupation text - w
          emergency_contact text - w
          medicare text - w
          medicare_reference_number text - w
          dva_card_number text - w
          invoice_default_to text - w
          invoice_email text - w
          invoice_extra_information text - w
          custom_fields json - w
          archived_at instant - f
          deleted_at instant
          merged_at instant
          merged_with_patient ref patients
          appointments link patients/{id}/appointments
          attendees link patients/{id}/attendees
          invoices link patients/{id}/invoices
          medical_alerts link patients/{id}/medical_alerts
          patient_attachments link patients/{id}/patient_attachments
          latest_booking ref bookings
          """);

  static final Schema APPOINTMENTS =
      Schema.of(
          "individual_appointments",
          """
          starts_at instant - fw
          ends_at instant - fw
          patient_name text
          notes text - w
          patient_arrived flag
          did_not_arrive flag
          cancelled_at instant - f
          cancellation_reason integer
          cancellation_reason_description text
          cancellation_note text
          archived_at instant - f
          deleted_at instant - f
          invoice_status integer
          treatment_note_status integer
          email_reminder_sent flag
          sms_reminder_sent flag
          has_patient_appointment_notes flag
          online_booking_policy_accepted flag
          repeat_rule json
          telehealth_url text
          booking_ip_address text
          appointment_type ref appointment_types fw
          business ref businesses fw
          practitioner ref practitioners fiw
          patient ref patients fiw
          repeated_from ref individual_appointments f
          attendees link individual_appointments/{id}/attendees
          conflicts link individual_appointments/{id}/conflicts
          """);

  static final Schema GROUPS =
      Schema.of(
          "group_appointments",
          """
          starts_at instant - fw
          ends_at instant - fw
          notes text - w
          max_attendees integer - w
          patient_ids ids - f
          archived_at instant - f
          deleted_at instant - f
          repeat_rule json
          telehealth_url text
          appointment_type ref appointment_types fw
          business ref businesses fw
          practitioner ref practitioners fiw
          repeated_from ref group_appointments f
          attendees link group_appointments/{id}/attendees
          conflicts link group_appointments/{id}/conflicts
          """);

  static final Schema BLOCKS =
      Schema.of(
          "unavailable_blocks",
          """
          starts_at instant - fw
          ends_at instant - fw
          notes text - w
          archived_at instant - f
          deleted_at instant - f
          repeat_rule json
          business ref businesses fw
          practitioner ref practitioners fiw
          repeated_from ref unavailable_blocks f
          conflicts link unavailable_blocks/{id}/conflicts
          """);

  static final Schema ATTENDEES =
      Schema.of(
          "attendees",
          """
          arrived flag - w
          cancelled_at instant - f
          cancellation_reason integer
          cancellation_reason_description text
          cancellation_note text
          cancellation_url text
          archived_at instant - f
          deleted_at instant - f
          notes text - w
          invoice_status integer
          treatment_note_status integer
          email_reminder_sent flag
          sms_reminder_sent flag
          online_booking_policy_accepted flag
          telehealth_url text
          booking_ip_address text
          booking ref bookings fiw
          patient ref patients fiw
          patient_case ref patient_cases f
          invoices link attendees/{id}/invoices
          patient_forms link attendees/{id}/patient_forms
          """);

  static final Schema INVOICES =
      Schema.of(
          "invoices",
          """
          number integer - f
          issue_date date - f
          status integer - f
          status_description text
          total_amount decimal
          net_amount decimal
          tax_amount decimal
          discounted_amount decimal
          invoice_to text
          notes text
          patient_extra_information text
          online_payment_url text
          closed_at instant
          archived_at instant - f
          deleted_at instant - f
          appointment ref appointments fi
          patient ref patients fi
          practitioner ref practitioners f
          business ref businesses f
          invoice_items link invoices/{id}/invoice_items
          """);

  static final Schema INVOICE_ITEMS =
      Schema.of(
          "invoice_items",
          """
          name text
          code text
          quantity integer
          unit_price decimal
          net_price decimal
          tax_name text
          tax_rate number
          tax_amount number
          total_including_tax number
          discount_percentage number
          discounted_amount decimal
          is_monetary_discount flag
          concession_type_name text
          archived_at instant - f
          deleted_at instant - f
          invoice ref invoices fi
          billable_item ref billable_items
          product ref products
          """);

  static final Schema PRACTITIONERS =
      Schema.of(
          "practitioners",
          """
          first_name text
          last_name text
          title text
          label text
          display_name text
          designation text
          description text
          active flag
          show_in_online_bookings flag - f
          user ref users f
          default_appointment_type ref appointment_types
          appointment_types link practitioners/{id}/appointment_types
          appointments link practitioners/{id}/appointments
          invoices link practitioners/{id}/invoices
          practitioner_reference_numbers link practitioners/{id}/practitioner_reference_numbers
          """);

  static final Schema USERS =
      Schema.of(
          "users",
          """
          first_name text
          last_name text
          title text
          email text
          role text
          active flag
          user_active flag
          time_zone text
          time_zone_identifier text
          phone_numbers json
          """);

  static final Schema BUSINESSES =
      Schema.of(
          "businesses",
          """
          business_name text
          display_name text
          label text
          address_1 text
          address_2 text
          city text
          state text
          post_code text
          country text
          country_code text
          time_zone text
          time_zone_identifier text
          contact_information text
          additional_information text
          website_address text
          email_reply_to text
          appointment_reminders_enabled flag
          appointment_type_ids ids - f
          show_in_online_bookings flag - f
          archived_at instant - f
          deleted_at instant - f
          appointments link businesses/{id}/appointments
          practitioners link businesses/{id}/practitioners
          """);

  static final Schema TYPES =
      Schema.of(
          "appointment_types",
          """
          name text
          category text - f
          description text
          duration_in_minutes integer
          max_attendees integer
          color text
          show_in_online_bookings flag - f
          telehealth_enabled flag
          online_bookings_lead_time_hours integer
          online_payments_mode text - f
          online_payments_enabled flag
          add_deposit_to_account_credit flag
          deposit_price decimal
          appointment_confirmation_template_ids ids - f
          appointment_reminder_template_ids ids - f
          archived_at instant - f
          billable_item ref billable_items
          practitioners link appointment_types/{id}/practitioners
          """);

  static final Schema BILLABLE_ITEMS =
      Schema.of(
          "billable_items",
          """
          name text
          item_code text
          item_type text
          price decimal
          archived_at instant - f
          tax ref taxes f
          """);

  static final Schema PRODUCTS =
      Schema.of(
          "products",
          """
          name text - f
          item_code text
          serial_number text
          notes text
          price_ex_tax decimal
          price_including_tax decimal
          cost_price decimal
          stock_level integer
          product_supplier_name text
          archived_at instant - f
          tax ref taxes f
          """);

  static final Schema TAXES = Schema.of("taxes", "name text\nrate number\namount number");

  static final Schema DAILY =
      Schema.of(
          "daily_availabilities",
          """
          day_of_week integer
          availabilities json
          time_zone text
          time_zone_identifier text
          business ref businesses fi
          practitioner ref practitioners fi
          """);

  static final Schema AVAILABILITY_BLOCKS =
      Schema.of(
          "availability_blocks",
          """
          starts_at instant - f
          ends_at instant
          repeat_rule json
          business ref businesses f
          practitioner ref practitioners f
          """);

  static final Schema REFERRAL_TYPES =
      Schema.of("referral_source_types", "name text\nreferrer_type text\nsubcategories json");

  static final Schema REFERRALS =
      Schema.of(
          "referral_sources",
          """
          notes text - w
          subcategory text - w
          referrer_type text
          patient ref patients i
          referrer ref patients w
          referral_source_type ref referral_source_types w
          """);

  static final Schema COMMUNICATIONS =
      Schema.of(
          "communications",
          """
          type text
          type_code integer
          category text
          category_code integer - f
          content text
          direction_code integer
          direction_description text
          from text
          to text
          archived_at instant - f
          patient ref patients f
          """);

  private Shapes() {}
}
