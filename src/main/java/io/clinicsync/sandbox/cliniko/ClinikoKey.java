package io.clinicsync.sandbox.cliniko;

import java.util.Set;

/** Who an API key stands for and what that role may do. */
record ClinikoKey(String role, long userId) {

  private static final Set<String> MONEY =
      Set.of("invoices", "invoice_items", "billable_items", "products", "taxes");

  boolean may(String method, String resource) {
    boolean write = !method.equals("GET");
    return switch (role) {
      case "administrator" -> true;
      case "power receptionist" -> !resource.equals("settings");
      case "receptionist", "practitioner" -> !Set.of("settings", "users").contains(resource);
      case "scheduler" ->
          !Set.of("settings", "users").contains(resource) && !MONEY.contains(resource);
      case "bookkeeper" -> !write && !Set.of("settings", "users").contains(resource);
      default -> false;
    };
  }

  @Override
  public String toString() {
    return "ClinikoKey[" + role + "]";
  }
}
