package io.clinicsync.vault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.clinicsync.ApplicationTest;
import io.clinicsync.clinics.Clinics;
import io.clinicsync.tenancy.ClinicId;
import io.clinicsync.tenancy.OrganisationId;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.test.context.TestPropertySource;

@ApplicationTest
@TestPropertySource(
    properties = "clinicsync.test=a database of its own, because its master key changes")
class VaultTests {

  private static final String OLD = "test:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
  private static final String NEW = "new:AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=";

  @Autowired private Vault vault;
  @Autowired private Keysets keysets;
  @Autowired private Clinics clinics;

  private OrganisationId organisation;
  private Owner owner;
  private Owner neighbour;

  @BeforeEach
  void twoClinics() {
    organisation = clinics.createOrganisation("Org");
    owner = Owner.of(clinic());
    neighbour = Owner.of(clinic());
  }

  private ClinicId clinic() {
    return clinics.create(organisation, "Clinic", ZoneId.of("Europe/London"), "GB", "GBP").id();
  }

  @Test
  void whatIsSealedOpensInItsPlaceOnly() {
    byte[] sealed = vault.seal(owner, "row-1", "table.column", "s3cret");
    assertThat(new String(sealed, java.nio.charset.StandardCharsets.ISO_8859_1))
        .doesNotContain("s3cret");
    assertThat(vault.open(owner, "row-1", "table.column", sealed)).isEqualTo("s3cret");
    assertThatThrownBy(() -> vault.open(owner, "row-2", "table.column", sealed))
        .isInstanceOf(SecretUnreadable.class);
    assertThatThrownBy(() -> vault.open(owner, "row-1", "table.other", sealed))
        .isInstanceOf(SecretUnreadable.class);
    assertThatThrownBy(() -> vault.open(neighbour, "row-1", "table.column", sealed))
        .isInstanceOf(SecretUnreadable.class);
  }

  @Test
  void twoRowsCiphertextsSwappedDoNotOpen() {
    byte[] one = vault.seal(owner, "row-1", "table.column", "one");
    byte[] two = vault.seal(owner, "row-2", "table.column", "two");
    assertThatThrownBy(() -> vault.open(owner, "row-1", "table.column", two))
        .isInstanceOf(SecretUnreadable.class);
    assertThatThrownBy(() -> vault.open(owner, "row-2", "table.column", one))
        .isInstanceOf(SecretUnreadable.class);
  }

  @Test
  void anOrganisationHasAKeysetOfItsOwn() {
    byte[] sealed = vault.seal(Owner.of(organisation), "row", "table.column", "agency");
    assertThat(vault.open(Owner.of(organisation), "row", "table.column", sealed))
        .isEqualTo("agency");
    assertThatThrownBy(() -> vault.open(owner, "row", "table.column", sealed))
        .isInstanceOf(SecretUnreadable.class);
  }

  @Test
  void theMasterKeyIsRotatedUnderTrafficWithoutAFailure() throws Exception {
    // F36, master key: three kinds of node side by side, as in a rolling change of the setting.
    List<Owner> owners = new ArrayList<>();
    List<byte[]> sealed = new ArrayList<>();
    for (int number = 0; number < 20; number++) {
      Owner some = Owner.of(clinic());
      owners.add(some);
      sealed.add(vault.seal(some, "row", "table.column", "secret " + number));
    }
    AtomicBoolean stop = new AtomicBoolean();
    AtomicInteger opened = new AtomicInteger();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> readers = new ArrayList<>();
      for (int reader = 0; reader < 4; reader++) {
        readers.add(
            threads.submit(
                () -> {
                  while (!stop.get() || opened.get() < 200) {
                    // A node that just started has nothing cached and knows both keys, in either
                    // order.
                    Vault node =
                        vault(opened.get() % 2 == 0 ? List.of(OLD, NEW) : List.of(NEW, OLD));
                    int number = opened.get() % owners.size();
                    assertThat(
                            node.open(
                                owners.get(number), "row", "table.column", sealed.get(number)))
                        .isEqualTo("secret " + number);
                    byte[] fresh = node.seal(owners.get(number), "new", "table.column", "fresh");
                    assertThat(vault.open(owners.get(number), "new", "table.column", fresh))
                        .isEqualTo("fresh");
                    opened.incrementAndGet();
                  }
                  return null;
                }));
      }
      Vault rotating = vault(List.of(NEW, OLD));
      Future<Integer> alsoRotating = threads.submit(() -> vault(List.of(NEW, OLD)).rewrapAll());
      int rewrapped = rotating.rewrapAll() + alsoRotating.get();
      stop.set(true);
      for (Future<?> reader : readers) {
        reader.get();
      }
      assertThat(rewrapped).isGreaterThanOrEqualTo(20);
    }
    assertThat(keysets.notWrappedBy("new")).isEmpty();
    // The old key can go now.
    Vault afterwards = vault(List.of(NEW));
    for (int number = 0; number < owners.size(); number++) {
      assertThat(afterwards.open(owners.get(number), "row", "table.column", sealed.get(number)))
          .isEqualTo("secret " + number);
    }
    vault(List.of(OLD, NEW)).rewrapAll();
  }

  private Vault vault(List<String> masterKeys) throws Exception {
    return new Vault(new MasterKeys(new VaultSettings(masterKeys)), keysets);
  }
}
