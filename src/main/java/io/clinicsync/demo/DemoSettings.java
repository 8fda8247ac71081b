package io.clinicsync.demo;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The demo.
 *
 * @param data folder of everything the demo keeps
 * @param sandboxPort where the simulated vendors listen
 * @param quotaFactor how much faster than the real vendors they may be called
 */
@ConfigurationProperties("clinicsync.demo")
record DemoSettings(
    @DefaultValue("data") String data,
    @DefaultValue("8090") int sandboxPort,
    @DefaultValue("10") double quotaFactor) {}
