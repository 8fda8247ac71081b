package io.clinicsync.sandbox.simplepractice;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.time.Instant;

/** What clients owe and paid. The caller holds the account's lock. */
final class Billing {

  private final SimplePracticeAccount account;

  Billing(SimplePracticeAccount account) {
    this.account = account;
  }

  /** The overview is derived, so that it is never out of step. */
  ObjectNode overview(String client) {
    BigDecimal paid = BigDecimal.ZERO;
    BigDecimal billed = BigDecimal.ZERO;
    for (ObjectNode item : account.table(SimplePracticeAccount.BILLING).all()) {
      if (item.path("_client").asText().equals(client)) {
        if (item.path("thisType").asText().equals("invoice")) {
          billed = billed.add(new BigDecimal(item.path("totalAmount").asText()));
        } else {
          paid = paid.add(new BigDecimal(item.path("amount").asText()));
        }
      }
    }
    BigDecimal due = billed.subtract(paid);
    ObjectNode overview = SimplePracticeAccount.JSON.createObjectNode().put("id", client);
    if (!account.switches().hideTotalPaid) {
      overview.put("totalPaid", paid.toPlainString());
    }
    overview.put("balanceDue", due.max(BigDecimal.ZERO).toPlainString());
    return overview.put("unallocatedPaymentAmount", due.negate().max(BigDecimal.ZERO).toString());
  }

  String invoice(String client, BigDecimal amount, Instant at) {
    ObjectNode row = item("invoice", client, at);
    row.put("totalAmount", amount.toPlainString()).put("remainingAmount", amount.toPlainString());
    return row.path("id").asText();
  }

  /** Money in, or with a negative amount back. */
  String payment(String client, BigDecimal amount, Instant at) {
    ObjectNode row = item(amount.signum() < 0 ? "refund" : "payment", client, at);
    row.put("amount", amount.toPlainString());
    return row.path("id").asText();
  }

  String pay(String invoice, Instant at) {
    ObjectNode row = account.table(SimplePracticeAccount.BILLING).require(invoice);
    BigDecimal open = new BigDecimal(row.path("remainingAmount").asText());
    row.put("remainingAmount", "0.0");
    return payment(row.path("_client").asText(), open, at);
  }

  private ObjectNode item(String type, String client, Instant at) {
    ObjectNode row = account.add(SimplePracticeAccount.BILLING).put("thisType", type);
    row.put("date", account.time(at)).put("_client", client);
    return row.put("cursorId", row.path("id").asText());
  }
}
