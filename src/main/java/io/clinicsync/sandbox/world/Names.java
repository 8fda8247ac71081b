package io.clinicsync.sandbox.world;

import java.util.List;

/** Names to make people from. */
final class Names {

  static final List<String> FIRST =
      List.of(
          "Ava",
          "Noah",
          "Mia",
          "Leo",
          "Zoë",
          "Liam",
          "Chloé",
          "Ethan",
          "Siân",
          "Lucas",
          "José",
          "Olivia",
          "Søren",
          "Grace",
          "Jürgen",
          "Isla",
          "Björn",
          "Ruby",
          "Łukasz",
          "Ella",
          "Aisha",
          "Mohammed",
          "Wei",
          "Yuki",
          "Priya",
          "Arjun",
          "Hannah",
          "Oscar",
          "Freya",
          "Theo",
          "Nina",
          "Felix",
          "Anaïs",
          "Hugo",
          "Ines",
          "Mateo",
          "Amélie",
          "Jack",
          "Sofia",
          "Tane",
          "Marama",
          "Eve",
          "Adam",
          "Clara",
          "Max",
          "Nora",
          "Paul",
          "Ida",
          "Simon",
          "Rosa",
          "明",
          "Дарья");

  static final List<String> LAST =
      List.of(
          "Reed",
          "O'Brien",
          "Nguyen",
          "Smith",
          "Müller",
          "García",
          "Taylor",
          "Wang",
          "Kowalski",
          "Brown",
          "Singh",
          "Wilson",
          "Van der Berg",
          "Jones",
          "Açıkgöz",
          "Patel",
          "MacDonald",
          "Lee",
          "Fernández",
          "Walker",
          "Ångström",
          "Hall",
          "Smith-Jones",
          "Young",
          "Okafor",
          "King",
          "Ivanova",
          "Wright",
          "D'Angelo",
          "Scott",
          "Tanaka",
          "Green",
          "Novák",
          "Baker",
          "Haddad",
          "Adams",
          "Ó Súilleabháin",
          "Nelson",
          "Kim",
          "Hill",
          "李");

  static final List<String> STREETS =
      List.of(
          "Elm Road",
          "High Street",
          "Station Street",
          "Park Avenue",
          "Beach Road",
          "Church Lane",
          "Mill Street");

  static final List<String> CITIES =
      List.of("Riverton", "Ashfield", "Port Mara", "Lakeside", "Hillview");

  static final List<String> REFERRALS =
      List.of("Website", "Friend", "Doctor", "Walk-in", "Instagram");

  private Names() {}
}
