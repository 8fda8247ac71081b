package io.clinicsync.sandbox.nookal;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Invoices with their sums, and payments. The caller holds the account's lock. */
final class NookalBills {

  private final NookalAccount account;

  NookalBills(NookalAccount account) {
    this.account = account;
  }

  ObjectNode pay(ObjectNode invoice, BigDecimal amount, String method, Instant at) {
    String id = account.newId();
    ObjectNode row = NookalAccount.JSON.createObjectNode().put("paymentID", id);
    for (String member : List.of("patientID", "locationID")) {
      row.set(member, invoice.get(member));
    }
    row.set("invoiceID", invoice.get("ID"));
    row.put("method", method).put("amount", amount).put("active", 1).put("_at", at.toString());
    account.table("payments").put(id, row);
    invoice.withArray("_payments").add(id);
    account.touch(invoice);
    return row;
  }

  List<ObjectNode> paymentsOf(ObjectNode invoice) {
    List<ObjectNode> payments = new ArrayList<>();
    invoice
        .path("_payments")
        .forEach(id -> payments.add(account.table("payments").require(id.asText())));
    return payments;
  }

  /** What was paid of an invoice. */
  BigDecimal paid(ObjectNode invoice) {
    return paymentsOf(invoice).stream()
        .filter(row -> row.path("active").asInt() == 1)
        .map(row -> row.path("amount").decimalValue())
        .reduce(BigDecimal.ZERO, BigDecimal::add);
  }

  static String money(BigDecimal amount) {
    return amount.setScale(2, RoundingMode.HALF_UP).toPlainString();
  }

  static BigDecimal amount(JsonNode row, String member) {
    return row.has(member) ? row.path(member).decimalValue() : BigDecimal.ZERO;
  }

  /** What of an invoice is still open. */
  BigDecimal balance(ObjectNode row) {
    return amount(row, "_total")
        .subtract(paid(row))
        .subtract(amount(row, "_adjusted"))
        .max(BigDecimal.ZERO);
  }

  /** As v2 shows it. */
  ObjectNode render(ObjectNode row, boolean expanded) {
    ObjectNode shown = NookalShapes.shown(row);
    BigDecimal total = amount(row, "_total");
    shown.put("totalDebits", money(total)).put("totalPayments", money(paid(row)));
    shown.put("totalAdjustments", money(amount(row, "_adjusted"))).put("totalDiscounts", "0.00");
    shown.put("totalCredits", "0.00").put("totalRefunds", money(amount(row, "_refunded")));
    shown.put("totalBalance", money(balance(row)));
    if (expanded) {
      ObjectNode details = shown.putObject("details");
      ObjectNode entry = details.putArray("entries").addObject();
      entry.put("entry_id", row.path("ID").asText() + "1").put("name", "Consultation");
      entry.put("qty", "1").put("subtotal", money(total.subtract(amount(row, "_tax"))));
      entry.put("tax", money(amount(row, "_tax"))).put("total", money(total)).put("void", "0");
      entry.put("date", row.path("dateCreated").asText());
      for (ObjectNode payment : paymentsOf(row)) {
        ObjectNode each = details.withArray("payments").addObject();
        each.put("payment_id", payment.path("paymentID").asText());
        each.put(
            "date",
            NookalAccount.instant(payment, "_at").atZone(account.zone()).toLocalDate().toString());
        each.put("amount", money(payment.path("amount").decimalValue()));
        each.put("method", payment.path("method").asText()).put("group", "Private");
        each.put("void", payment.path("active").asInt() == 1 ? "0" : "1");
      }
    }
    return shown;
  }
}
