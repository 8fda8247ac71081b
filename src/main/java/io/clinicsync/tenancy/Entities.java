package io.clinicsync.tenancy;

import jakarta.persistence.EntityManagerFactory;
import java.sql.Connection;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.hibernate.Session;
import org.hibernate.SessionFactory;
import org.springframework.dao.support.DataAccessUtils;
import org.springframework.jdbc.datasource.DataSourceUtils;
import org.springframework.orm.jpa.EntityManagerHolder;
import org.springframework.orm.jpa.vendor.HibernateJpaDialect;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * Work on entities, which is what people edit [D5]: a session on the connection of the transaction
 * that is open, or of one opened for it. Everything else runs plain SQL and pays for no session.
 *
 * <p>What was changed is written when the work ends, and the entities are detached then.
 * Repositories and entity managers work nowhere else.
 */
@Component
public class Entities {

  private final Tenancy tenancy;
  private final EntityManagerFactory factory;
  private final DataSource dataSource;
  private final HibernateJpaDialect dialect = new HibernateJpaDialect();

  Entities(Tenancy tenancy, EntityManagerFactory factory, DataSource dataSource) {
    this.tenancy = tenancy;
    this.factory = factory;
    this.dataSource = dataSource;
  }

  /** Works on a clinic's entities. Joins a transaction already open for it. */
  public <T> T inClinic(ClinicId clinic, Supplier<T> work) {
    return tenancy.inClinic(clinic, () -> inSession(work));
  }

  /** As {@link #inClinic(ClinicId, Supplier)}, without a result. */
  public void inClinic(ClinicId clinic, Runnable work) {
    inClinic(
        clinic,
        () -> {
          work.run();
          return Boolean.TRUE;
        });
  }

  /** Works on an organisation's own entities. */
  public <T> T inOrganisation(OrganisationId organisation, Supplier<T> work) {
    return tenancy.inOrganisation(organisation, () -> inSession(work));
  }

  private <T> T inSession(Supplier<T> work) {
    if (TransactionSynchronizationManager.hasResource(factory)) {
      return work.get();
    }
    Connection bound = DataSourceUtils.getConnection(dataSource);
    try (Session session =
        factory.unwrap(SessionFactory.class).withOptions().connection(bound).openSession()) {
      EntityManagerHolder holder = new EntityManagerHolder(session);
      // Nothing of it is left for the end of the transaction.
      holder.setSynchronizedWithTransaction(true);
      TransactionSynchronizationManager.bindResource(factory, holder);
      try {
        T result = work.get();
        session.flush();
        return result;
      } catch (RuntimeException failed) {
        throw DataAccessUtils.translateIfNecessary(failed, dialect);
      } finally {
        TransactionSynchronizationManager.unbindResource(factory);
      }
    } finally {
      DataSourceUtils.releaseConnection(bound, dataSource);
    }
  }
}
