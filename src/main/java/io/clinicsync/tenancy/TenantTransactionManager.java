package io.clinicsync.tenancy;

import java.io.Serial;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.springframework.jdbc.datasource.DataSourceUtils;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.CannotCreateTransactionException;
import org.springframework.transaction.TransactionDefinition;

/** Begins every transaction by binding its scope; without one there is no transaction. */
final class TenantTransactionManager extends JdbcTransactionManager {

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
}
