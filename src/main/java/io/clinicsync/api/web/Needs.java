package io.clinicsync.api.web;

import io.clinicsync.tenancy.KeyScope;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** What a key must be allowed for an endpoint. Checked before anything of the request is read. */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@interface Needs {

  /** Any one of these scopes is enough; none means any live key. */
  KeyScope[] value();

  /** The call reaches beyond one connection, so a key bound to one is refused. */
  boolean wholeClinic() default false;

  /** An organisation's key may leave the clinic out, and then means the organisation itself. */
  boolean organisationToo() default false;
}
