package io.clinicsync.ghl;

import java.util.List;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Whose signature under a webhook of our marketplace app is believed.
 *
 * @param keys public Ed25519 keys (X.509 SPKI, base64); one of them must fit. Several make a change
 *     of the vendor's key lose nothing: the new one is added before, the old one removed after
 * @param legacy whether the older {@code X-WH-Signature} counts where the newer header is missing
 * @param legacyKeys public RSA keys of the older signature, likewise
 */
@ConfigurationProperties("clinicsync.ghl.webhooks")
public record GhlWebhookSettings(
    @DefaultValue(PUBLISHED) List<String> keys,
    @DefaultValue("false") boolean legacy,
    @DefaultValue(PUBLISHED_LEGACY) List<String> legacyKeys) {

  /** As the vendor's guide to webhooks shows it, seen 2026-03. */
  static final String PUBLISHED = "MCowBQYDK2VwAyEAi2HR1srL4o18O8BRa7gVJY7G7bupbN3H9AwJrHCDiOg=";

  /** The older one, from the same guide. */
  static final String PUBLISHED_LEGACY =
      "MIICIjANBgkqhkiG9w0BAQEFAAOCAg8AMIICCgKCAgEAokvo/r9tVgcfZ5DysOSCFrm602qYV0Ma"
          + "AiNnX9O8KxMbiyRKWeL9JpCpVpt4XHIcBOK4u3cLSqJGOLaPuXw6dO0t6Q/ZVdAV5Phz+ZtzPL16"
          + "iCGeK9po6D6JHBpbi989mmzMryUnQJezlYJ3DVfBcsedpinheNnyYeFXolrJvcsjDtfAeRx5ByHQ"
          + "mTnSdFUzuAnC9/GepgLT9SM4nCpvuxmZMxrJt5Rw+VUaQ9B8JSvbMPpez4peKaJPZHBbU3OdeCVx"
          + "5klVXXZQGNHOs8gF3kvoV5rTnXV0IknLBXlcKKAQLZcY/Q9rG6Ifi9c+5vqlvHPCUJFT5XUGG5RK"
          + "gOKUJ062fRtN+rLYZUV+BjafxQauvC8wSWeYja63VSUruvmNj8xkx2zE/Juc+yjLjTXpIocmaiFe"
          + "AO6fUtNjDeFVkhf5LNb59vECyrHD2SQIrhgXpO4Q3dVNA5rw576PwTzNh/AMfHKIjE4xQA1SZuYJ"
          + "mNnmVZLIZBlQAF9Ntd03rfadZ+yDiOXCCs9FkHibELhCHULgCsnuDJHcrGNd5/Ddm5hxGQ0ASitg"
          + "HeMZ0kcIOwKDOzOU53lDza6/Y09T7sYJPQe7z0cvj7aE4B+Ax1ZoZGPzpJlZtGXCsu9aTEGEnKzm"
          + "sFqwcSsnw3JB31IGKAykT1hhTiaCeIY/OwwwNUY2yvcCAwEAAQ==";

  public GhlWebhookSettings {
    keys = List.copyOf(keys);
    legacyKeys = List.copyOf(legacyKeys);
  }
}
