FROM eclipse-temurin:25-jdk AS build
WORKDIR /build
COPY .mvn .mvn
COPY mvnw pom.xml ./
RUN ./mvnw -q -B dependency:resolve dependency:resolve-plugins
COPY db db
COPY src src
RUN ./mvnw -q -B -DskipTests package

FROM eclipse-temurin:25-jre
RUN useradd --system --uid 10001 --home-dir /app clinicsync
WORKDIR /app
COPY --from=build /build/target/clinicsync-*.jar clinicsync.jar
USER 10001
EXPOSE 8080
# The image has no HTTP client; bash speaks enough of it.
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s \
  CMD ["bash", "-c", "exec 3<>/dev/tcp/localhost/8080 && printf 'GET /actuator/health/readiness HTTP/1.0\\r\\nHost: localhost\\r\\n\\r\\n' >&3 && grep -q '\"UP\"' <&3"]
# A heap that begins small grows step by step, each time with a collection beside the callers.
ENTRYPOINT ["java", "--sun-misc-unsafe-memory-access=allow", "--enable-native-access=ALL-UNNAMED", "-XX:InitialRAMPercentage=25", "-XX:MaxRAMPercentage=75", "-jar", "clinicsync.jar"]
