package io.clinicsync.insights;

import io.clinicsync.canonical.Invoice;
import io.clinicsync.canonical.Money;
import io.clinicsync.canonical.Payment;
import io.clinicsync.insights.FactSettings.MoneyBasis;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A patient's money. Credit notes are never revenue and void invoices never count. */
final class MoneySums {

  private final FactSettings settings;
  private final ClinicDays days;
  private final Instant now;
  private final List<Instant> turns = new ArrayList<>();
  private BigDecimal thisMonth = BigDecimal.ZERO;
  private BigDecimal paidByPatient = BigDecimal.ZERO;
  private BigDecimal paidByThirdParty = BigDecimal.ZERO;
  private BigDecimal settled = BigDecimal.ZERO;
  private BigDecimal billed = BigDecimal.ZERO;
  private boolean paidKnown;
  private BigDecimal owed = BigDecimal.ZERO;
  private BigDecimal owedByPatient = BigDecimal.ZERO;
  private BigDecimal owedByThirdParty = BigDecimal.ZERO;
  private boolean splitKnown = true;
  private boolean otherCurrency;

  MoneySums(PatientRecords records, FactSettings settings, ClinicDays days, Instant now) {
    this.settings = settings;
    this.days = days;
    this.now = now;
    turns.add(days.nextMonth(now));
    for (Invoice invoice : records.invoices()) {
      if (invoice.removedAt() == null) {
        if (isOurs(invoice.total())) {
          take(invoice);
        } else {
          otherCurrency = true;
        }
      }
    }
    if (settings.moneyBasis() == MoneyBasis.PAYMENTS) {
      for (Payment payment : records.payments()) {
        if (payment.removedAt() == null) {
          if (isOurs(payment.amount())) {
            take(payment);
          } else {
            otherCurrency = true;
          }
        }
      }
    }
  }

  void write(FactsDraft draft) {
    MoneyBasis basis = settings.moneyBasis();
    if (basis == MoneyBasis.NONE || otherCurrency) {
      // Sums over two currencies are not known; a zero would be a lie.
      return;
    }
    String currency = settings.currency();
    if (basis == MoneyBasis.PAYMENTS) {
      draft.amount(FactPath.MONEY_SPENT, paidByPatient.add(paidByThirdParty), currency);
      draft.amount(FactPath.MONEY_PAID_BY_PATIENT, paidByPatient, currency);
      draft.amount(FactPath.MONEY_PAID_BY_THIRD_PARTY, paidByThirdParty, currency);
    } else {
      draft.amount(FactPath.MONEY_SPENT, settled, currency);
      if (paidKnown) {
        draft.amount(FactPath.MONEY_PAID_BY_PATIENT, paidByPatient, currency);
        draft.amount(FactPath.MONEY_PAID_BY_THIRD_PARTY, paidByThirdParty, currency);
      }
    }
    draft.amount(FactPath.MONEY_BILLED, billed, currency);
    draft.amount(FactPath.MONEY_SPENT_THIS_MONTH, thisMonth, currency);
    draft.amount(FactPath.MONEY_OWED, owed, currency);
    if (splitKnown) {
      draft.amount(FactPath.MONEY_OWED_BY_PATIENT, owedByPatient, currency);
      draft.amount(FactPath.MONEY_OWED_BY_THIRD_PARTY, owedByThirdParty, currency);
    }
  }

  /** Moments at which this month's money may change by the clock. */
  List<Instant> turns() {
    return turns;
  }

  private void take(Invoice invoice) {
    switch (invoice.status()) {
      case OPEN, PAID, CLOSED, UNKNOWN -> {
        billed = billed.add(invoice.total().amount());
        if (settings.moneyBasis() == MoneyBasis.PAID_INVOICES) {
          takePaid(invoice);
        }
      }
      case CREDIT, VOID -> {}
    }
    switch (invoice.status()) {
      case PAID -> {}
      case OPEN -> takeOwed(invoice, true);
      case UNKNOWN -> takeOwed(invoice, false);
      case CLOSED, CREDIT, VOID -> {}
    }
  }

  /** What was paid of an invoice: as the EMR says, else its total once it is settled. */
  private void takePaid(Invoice invoice) {
    Money patient = invoice.paidByPatient();
    Money thirdParty = invoice.paidByThirdParty();
    if (patient == null && thirdParty == null) {
      if (invoice.status() == Invoice.Status.PAID) {
        settled = settled.add(invoice.total().amount());
        addToMonth(invoice.settledAt(), invoice.total().amount());
      }
      return;
    }
    paidKnown = true;
    BigDecimal paid = BigDecimal.ZERO;
    if (patient != null) {
      paidByPatient = paidByPatient.add(patient.amount());
      paid = paid.add(patient.amount());
    }
    if (thirdParty != null) {
      paidByThirdParty = paidByThirdParty.add(thirdParty.amount());
      paid = paid.add(thirdParty.amount());
    }
    settled = settled.add(paid);
    addToMonth(invoice.settledAt(), paid);
  }

  private void takeOwed(Invoice invoice, boolean totalStandsIn) {
    Money patient = invoice.owedByPatient();
    Money thirdParty = invoice.owedByThirdParty();
    if (patient == null && thirdParty == null) {
      splitKnown = false;
      if (totalStandsIn) {
        owed = owed.add(invoice.total().amount());
      }
      return;
    }
    if (patient != null) {
      owedByPatient = owedByPatient.add(patient.amount());
      owed = owed.add(patient.amount());
    }
    if (thirdParty != null) {
      owedByThirdParty = owedByThirdParty.add(thirdParty.amount());
      owed = owed.add(thirdParty.amount());
    }
  }

  private void take(Payment payment) {
    BigDecimal amount =
        payment.refund() ? payment.amount().amount().negate() : payment.amount().amount();
    switch (payment.payer()) {
      case PATIENT -> paidByPatient = paidByPatient.add(amount);
      case THIRD_PARTY -> paidByThirdParty = paidByThirdParty.add(amount);
    }
    addToMonth(payment.paidAt(), amount);
  }

  private void addToMonth(@Nullable Instant at, BigDecimal amount) {
    if (at == null) {
      return;
    }
    if (days.inMonthOf(at, now)) {
      thisMonth = thisMonth.add(amount);
    } else if (at.isAfter(now)) {
      // Dated ahead: its own month, and the one after it, change the sum too.
      turns.add(days.startOf(days.monthOf(at)));
      turns.add(days.nextMonth(at));
    }
  }

  private boolean isOurs(Money money) {
    return money.currency().equals(settings.currency());
  }
}
