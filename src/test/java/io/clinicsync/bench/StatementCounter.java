package io.clinicsync.bench;

import com.zaxxer.hikari.HikariDataSource;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.springframework.beans.factory.config.BeanPostProcessor;

/**
 * Notes every statement the application's pool sends, except the tenant setting; begin and commit
 * are no statements here.
 */
final class StatementCounter implements BeanPostProcessor {

  private final List<String> sent = new CopyOnWriteArrayList<>();
  private volatile boolean on;

  /** Forgets what was noted and notes from now on. */
  void start() {
    sent.clear();
    on = true;
  }

  /** What was sent since {@link #start}. */
  List<String> stop() {
    on = false;
    return List.copyOf(sent);
  }

  private void note(String sql) {
    if (on && !sql.contains("set_config")) {
      sent.add(sql.strip().replaceAll("\\s+", " "));
    }
  }

  @Override
  public Object postProcessAfterInitialization(Object bean, String name) {
    return name.equals("dataSource") && bean instanceof HikariDataSource pool
        ? new Counted(pool)
        : bean;
  }

  private final class Counted extends HikariDataSource {

    private final HikariDataSource pool;

    Counted(HikariDataSource pool) {
      this.pool = pool;
    }

    @Override
    public Connection getConnection() throws SQLException {
      return proxy(Connection.class, pool.getConnection(), "");
    }

    @Override
    public void close() {
      pool.close();
    }
  }

  private <T> T proxy(Class<T> type, T real, String sql) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (self, method, arguments) -> invoke(real, method, arguments, sql)));
  }

  private Object invoke(Object real, Method method, Object[] arguments, String sql)
      throws Throwable {
    String name = method.getName();
    if (name.startsWith("execute")) {
      note(arguments != null && arguments[0] instanceof String text ? text : sql);
    }
    Object result;
    try {
      result = method.invoke(real, arguments);
    } catch (InvocationTargetException failed) {
      throw failed.getCause();
    }
    if (result instanceof PreparedStatement prepared && name.equals("prepareStatement")) {
      return proxy(PreparedStatement.class, prepared, (String) arguments[0]);
    }
    if (result instanceof Statement statement && name.equals("createStatement")) {
      return proxy(Statement.class, statement, "");
    }
    return result;
  }
}
