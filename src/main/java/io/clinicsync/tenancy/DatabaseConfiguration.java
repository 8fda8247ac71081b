package io.clinicsync.tenancy;

import static java.util.Objects.requireNonNull;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import jakarta.persistence.EntityManagerFactory;
import javax.sql.DataSource;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.autoconfigure.flyway.FlywayDataSource;
import org.springframework.boot.autoconfigure.quartz.QuartzDataSource;
import org.springframework.boot.autoconfigure.quartz.QuartzTransactionManager;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Primary;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.SimpleDriverDataSource;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.orm.jpa.AbstractEntityManagerFactoryBean;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/** Pools and transaction managers, one per database role. */
@Configuration(proxyBeanMethods = false)
class DatabaseConfiguration {

  @Bean
  static RequiredSettings requiredSettings() {
    return new RequiredSettings();
  }

  @Bean
  @Primary
  HikariDataSource dataSource(DatabaseSettings settings) {
    return pool("app", settings, settings.app(), settings.poolSize());
  }

  /** Migrations only, so it needs no pool. */
  @Bean(defaultCandidate = false)
  @FlywayDataSource
  DataSource ownerDataSource(DatabaseSettings settings) {
    return new SimpleDriverDataSource(
        new org.postgresql.Driver(),
        requireNonNull(settings.url()),
        requireNonNull(settings.owner().user()),
        requireNonNull(settings.owner().password()));
  }

  @Bean(defaultCandidate = false)
  HikariDataSource systemDataSource(DatabaseSettings settings) {
    return pool("system", settings, settings.system(), 3);
  }

  /**
   * Apart from the serving pool, so that a burst of jobs cannot starve requests, nor requests the
   * scheduler.
   */
  @Bean(defaultCandidate = false)
  @QuartzDataSource
  HikariDataSource quartzDataSource(DatabaseSettings settings) {
    return pool("quartz", settings, settings.app(), 5);
  }

  @Bean(defaultCandidate = false)
  @QuartzTransactionManager
  PlatformTransactionManager quartzTransactionManager(
      @QuartzDataSource DataSource quartzDataSource) {
    return new JdbcTransactionManager(quartzDataSource);
  }

  @Bean
  @Primary
  PlatformTransactionManager transactionManager(DataSource dataSource) {
    return new TenantTransactionManager(dataSource);
  }

  /**
   * An entity manager that Spring opens by itself has a connection of its own, bound to no clinic;
   * so within a transaction only {@link Entities} opens one.
   */
  @Bean
  static BeanPostProcessor noOtherEntityManagers() {
    return new BeanPostProcessor() {
      @Override
      public Object postProcessBeforeInitialization(Object bean, String name) {
        if (bean instanceof AbstractEntityManagerFactoryBean factory) {
          factory.setEntityManagerInitializer(
              opened -> {
                if (TransactionSynchronizationManager.isActualTransactionActive()) {
                  throw new TenantScopeViolation("Entities are worked on through Entities");
                }
              });
        }
        return bean;
      }
    };
  }

  @Bean
  @Primary
  JdbcClient jdbcClient(DataSource dataSource) {
    return JdbcClient.create(dataSource);
  }

  @Bean
  CrossTenantReads crossTenantReads(@Qualifier("systemDataSource") DataSource systemDataSource) {
    return new CrossTenantReads(JdbcClient.create(systemDataSource));
  }

  @Bean
  DatabaseRoleCheck databaseRoleCheck(
      DataSource dataSource,
      @Qualifier("systemDataSource") DataSource systemDataSource,
      EntityManagerFactory migrated) {
    return new DatabaseRoleCheck(dataSource, systemDataSource);
  }

  private static HikariDataSource pool(
      String name, DatabaseSettings settings, DatabaseSettings.Login login, int size) {
    HikariConfig config = new HikariConfig();
    config.setPoolName(name);
    config.setJdbcUrl(settings.url());
    config.setUsername(login.user());
    config.setPassword(login.password());
    config.setMaximumPoolSize(size);
    config.setMinimumIdle(Math.min(size, 2));
    config.setConnectionTimeout(5_000);
    config.setAutoCommit(false);
    // A pool of a database that is down must not keep the application from starting or recovering.
    config.setInitializationFailTimeout(30_000);
    config.addDataSourceProperty("ApplicationName", "clinicsync-" + name);
    config.addDataSourceProperty("reWriteBatchedInserts", "true");
    config.addDataSourceProperty("tcpKeepAlive", "true");
    // The server's detail quotes the values of the row, which may be a patient's.
    config.addDataSourceProperty("logServerErrorDetail", "false");
    config.addDataSourceProperty("socketTimeout", "60");
    // Bounds on what one statement, one lock and one forgotten transaction can cost everybody else
    // [R21].
    config.addDataSourceProperty(
        "options",
        "-c statement_timeout=30000 -c lock_timeout=5000 -c idle_in_transaction_session_timeout=60000");
    if (name.equals("quartz")) {
      config.setAutoCommit(true);
    }
    return new HikariDataSource(config);
  }
}
