package io.clinicsync.crm;

import io.clinicsync.insights.FactType;
import java.util.Locale;
import java.util.Set;

/** The form in which a fact is written to the CRM and to webhooks. */
public enum FieldForm {
  TEXT("TEXT", FactType.TEXT),
  /** Only something that can be an address; anything else is left out. */
  EMAIL("TEXT", FactType.TEXT),
  /** E.164; an unusable number is left out. */
  PHONE("PHONE", FactType.TEXT),
  /** ISO 3166 alpha-2; an unknown country is left out. */
  COUNTRY("TEXT", FactType.TEXT),
  NUMBER("NUMERICAL", FactType.NUMBER),
  /** The bare amount; the currency is the clinic's. */
  MONEY("MONETORY", FactType.MONEY),
  /** Yes or No. */
  YES_NO("TEXT", FactType.BOOL),
  /** {@code yyyy-MM-dd}; of a moment, in the zone of its place [TZ-3]. */
  DATE("DATE", FactType.DAY, FactType.MOMENT),
  /** ISO 8601 in UTC. */
  INSTANT("TEXT", FactType.MOMENT),
  /** Date and time in words, in the zone of the place. */
  WORDS("TEXT", FactType.MOMENT);

  private final String dataType;
  private final Set<FactType> accepts;

  FieldForm(String dataType, FactType... accepts) {
    this.dataType = dataType;
    this.accepts = Set.of(accepts);
  }

  /** The type of the CRM's custom field, in the vendor's spelling. */
  public String dataType() {
    return dataType;
  }

  /** Whether this form can show a fact of that type. */
  public boolean accepts(FactType type) {
    return accepts.contains(type);
  }

  /** The word used in field maps. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
