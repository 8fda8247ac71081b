package io.clinicsync.sync;

import com.zaxxer.hikari.HikariDataSource;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.aopalliance.intercept.MethodInterceptor;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.framework.ProxyFactory;
import org.springframework.beans.factory.config.BeanPostProcessor;

/**
 * Writes down the statements a run sends, from its own thread and those that fetch ahead for it.
 * Begin, commit and the binding to the clinic do not count.
 */
final class StatementCount implements BeanPostProcessor {

  private static final String PREFETCH = "sync-prefetch-";

  private final List<String> sent = Collections.synchronizedList(new ArrayList<>());
  private volatile @Nullable Thread counted;

  @Override
  public Object postProcessAfterInitialization(Object bean, String name) {
    if (!(bean instanceof HikariDataSource) || !name.equals("dataSource")) {
      return bean;
    }
    ProxyFactory proxy = new ProxyFactory(bean);
    proxy.setProxyTargetClass(true);
    proxy.addAdvice(
        (MethodInterceptor)
            call ->
                call.getMethod().getName().equals("getConnection")
                    ? listening((Connection) call.proceed())
                    : call.proceed());
    return proxy.getProxy();
  }

  private Connection listening(Connection connection) {
    return (Connection)
        Proxy.newProxyInstance(
            Connection.class.getClassLoader(),
            new Class<?>[] {Connection.class},
            (self, method, arguments) -> {
              if (method.getName().startsWith("prepare") && arguments != null) {
                heard(arguments[0].toString());
              }
              try {
                return method.invoke(connection, arguments);
              } catch (InvocationTargetException failed) {
                throw failed.getCause();
              }
            });
  }

  private void heard(String sql) {
    Thread current = Thread.currentThread();
    boolean ours =
        current == counted || (counted != null && current.getName().startsWith(PREFETCH));
    if (ours && !sql.contains("set_config")) {
      sent.add(sql);
    }
  }

  /** The statements of this work. */
  List<String> during(Runnable work) {
    sent.clear();
    counted = Thread.currentThread();
    try {
      work.run();
    } finally {
      counted = null;
    }
    return List.copyOf(sent);
  }
}
