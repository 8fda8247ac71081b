package io.clinicsync.tenancy;

import java.io.Serial;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.jdbc.datasource.DataSourceUtils;
import org.springframework.transaction.CannotCreateTransactionException;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.TransactionSystemException;
import org.springframework.transaction.support.DefaultTransactionStatus;

/**
 * Begins every transaction by binding its scope; without one there is no transaction. A commit
 * whose answer is lost is said to be so, and not covered by the failure of a rollback after it.
 */
final class TenantTransactionManager extends DataSourceTransactionManager {

  private static final Logger LOG = LoggerFactory.getLogger(TenantTransactionManager.class);

  @Serial private static final long serialVersionUID = 1L;

  private final transient DataSource dataSource;

  TenantTransactionManager(DataSource dataSource) {
    super(dataSource);
    this.dataSource = dataSource;
  }

  @Override
  protected void doBegin(Object transaction, TransactionDefinition definition) {
    TenantScope scope = TenantBinding.required();
    super.doBegin(transaction, definition);
    try {
      TenantBinding.bind(DataSourceUtils.getConnection(dataSource), scope);
    } catch (SQLException | RuntimeException failure) {
      doCleanupAfterCompletion(transaction);
      throw new CannotCreateTransactionException(
          "The transaction could not be bound to its clinic", failure);
    }
  }

  /**
   * A session that cannot roll back is gone, and what it did with it; the failure before says why,
   * and must not be covered by this one.
   */
  @Override
  protected void doRollback(DefaultTransactionStatus status) {
    try {
      super.doRollback(status);
    } catch (TransactionSystemException gone) {
      LOG.debug("A transaction ended with its session");
    }
  }
}
