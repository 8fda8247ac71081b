package io.clinicsync.sandbox.simplepractice;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** Makes clients. The caller holds the account's lock. */
final class ClientRecords {

  private final SimplePracticeAccount account;

  ClientRecords(SimplePracticeAccount account) {
    this.account = account;
  }

  String create(String first, String last, String email, String phone, String status) {
    ObjectNode row = account.add(SimplePracticeAccount.CLIENTS).put("thisType", "Client");
    String id = row.path("id").asText();
    row.put("hashedId", Sessions.hash("client/" + id).substring(0, 12));
    row.put("firstName", first).put("lastName", last).put("name", (first + " " + last).strip());
    row.put("status", status).put("inActiveTreatment", "true").put("isMinor", "false");
    row.put("createdAt", account.time(account.state().second()));
    row.put("defaultEmailAddress", email.isEmpty() ? null : email);
    row.put("defaultPhoneNumber", phone.isEmpty() ? null : phone);
    row.put("_clinician", account.table(SimplePracticeAccount.TEAM).ids().getFirst());
    ArrayNode phones = row.putArray("_phones");
    if (!phone.isEmpty()) {
      part(phones).put("number", phone).put("isDefault", "true");
    }
    ArrayNode emails = row.putArray("_emails");
    if (!email.isEmpty()) {
      part(emails).put("address", email).put("isDefault", "true");
    }
    return id;
  }

  private ObjectNode part(ArrayNode list) {
    return list.addObject().put("id", Long.toString(account.state().newId()));
  }
}
