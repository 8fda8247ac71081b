package io.clinicsync.api.web;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.Serial;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/** Reads at most 64 kB of any body, whatever its length header says. */
@Component
@Order(0)
class BodyLimit extends OncePerRequestFilter {

  static final int MOST_BYTES = 64 * 1024;

  /** The body went on beyond the limit. */
  static final class BodyTooLarge extends IOException {
    @Serial private static final long serialVersionUID = 1L;

    BodyTooLarge() {
      super("The body is larger than accepted");
    }
  }

  @Override
  protected boolean shouldNotFilter(HttpServletRequest request) {
    return !request.getRequestURI().startsWith("/api/v1");
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    chain.doFilter(
        new HttpServletRequestWrapper(request) {
          @Override
          public ServletInputStream getInputStream() throws IOException {
            return new Capped(super.getInputStream());
          }
        },
        response);
  }

  private static final class Capped extends ServletInputStream {

    private final ServletInputStream body;
    private int read;

    Capped(ServletInputStream body) {
      this.body = body;
    }

    @Override
    public int read() throws IOException {
      int next = body.read();
      if (next >= 0) {
        count(1);
      }
      return next;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
      int some = body.read(into, offset, length);
      if (some > 0) {
        count(some);
      }
      return some;
    }

    private void count(int more) throws BodyTooLarge {
      read += more;
      if (read > MOST_BYTES) {
        throw new BodyTooLarge();
      }
    }

    @Override
    public boolean isFinished() {
      return body.isFinished();
    }

    @Override
    public boolean isReady() {
      return body.isReady();
    }

    @Override
    public void setReadListener(ReadListener listener) {
      body.setReadListener(listener);
    }
  }
}
