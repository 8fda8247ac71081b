package io.clinicsync.api.web;

import io.clinicsync.canonical.ConnectionId;
import io.clinicsync.clinics.Clinics;
import io.clinicsync.clinics.Connection;
import io.clinicsync.clinics.Connections;
import io.clinicsync.clinics.Entitlements;
import io.clinicsync.clinics.Entitlements.Feature;
import io.clinicsync.tenancy.Caller;
import io.clinicsync.tenancy.ClinicId;
import io.clinicsync.tenancy.KeyScope;
import io.clinicsync.tenancy.OrganisationId;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.core.MethodParameter;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.stereotype.Component;
import org.springframework.web.bind.support.WebDataBinderFactory;
import org.springframework.web.context.request.NativeWebRequest;
import org.springframework.web.context.request.RequestAttributes;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.method.support.HandlerMethodArgumentResolver;
import org.springframework.web.method.support.ModelAndViewContainer;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.HandlerMapping;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/**
 * Decides what a key reaches, before the body is read: what is unknown and what is somebody else's
 * get one and the same answer [AG-1].
 */
@Component
class Reaches implements HandlerInterceptor, HandlerMethodArgumentResolver, WebMvcConfigurer {

  private static final String ATTRIBUTE = Reach.class.getName();

  private final Clinics clinics;
  private final Connections connections;
  private final Entitlements entitlements;

  Reaches(Clinics clinics, Connections connections, Entitlements entitlements) {
    this.clinics = clinics;
    this.connections = connections;
    this.entitlements = entitlements;
  }

  @Override
  public void addInterceptors(InterceptorRegistry registry) {
    registry.addInterceptor(this).addPathPatterns("/api/v1/**");
  }

  @Override
  public void addArgumentResolvers(List<HandlerMethodArgumentResolver> resolvers) {
    resolvers.add(this);
  }

  @Override
  public boolean preHandle(
      HttpServletRequest request, HttpServletResponse response, Object handler) {
    if (!(handler instanceof HandlerMethod method)) {
      return true;
    }
    Needs needs = method.getMethodAnnotation(Needs.class);
    var authentication = SecurityContextHolder.getContext().getAuthentication();
    if (needs == null
        || authentication == null
        || !(authentication.getPrincipal() instanceof Caller caller)) {
      return true;
    }
    checkScope(needs, caller);
    checkAgent(caller);
    boolean aboutAClinic =
        Arrays.stream(method.getMethodParameters())
            .anyMatch(parameter -> parameter.getParameterType() == Reach.class);
    if (aboutAClinic) {
      request.setAttribute(ATTRIBUTE, reach(needs, caller, pathVariables(request)));
    }
    return true;
  }

  private static void checkScope(Needs needs, Caller caller) {
    if (needs.value().length > 0 && Arrays.stream(needs.value()).noneMatch(caller::may)) {
      throw Refusal.FORBIDDEN.because(
          "This call needs a key with the scope "
              + Arrays.stream(needs.value())
                  .map(scope -> scope.name().toLowerCase(Locale.ROOT))
                  .collect(Collectors.joining(" or "))
              + ".");
    }
    if (needs.wholeClinic() && caller.connection() != null) {
      throw Refusal.FORBIDDEN.because(
          "This call is about the whole clinic, and the key is bound to one connection.");
    }
  }

  /** Whatever an agent asks, it asks while its connection's receptionist is enabled. */
  private void checkAgent(Caller caller) {
    if (!caller.may(KeyScope.AGENT)) {
      return;
    }
    ClinicId clinic = caller.clinic();
    ConnectionId connection = caller.connection();
    if (clinic == null
        || connection == null
        || !entitlements.allows(clinic, connection, Feature.RECEPTIONIST)) {
      throw Refusal.NOT_ENABLED
          .because("This connection is not enabled for voice and chat agents.")
          .next("Enable them with PUT …/connections/{connectionId}/entitlements/receptionist.");
    }
  }

  private Reach reach(Needs needs, Caller caller, Map<String, String> path) {
    ClinicId clinic = clinic(needs, caller, path.get("clinicId"));
    String connection = path.get("connectionId");
    if (connection == null || clinic == null) {
      return new Reach(caller, clinic, null);
    }
    ConnectionId id = new ConnectionId(uuid(connection));
    Connection named = connections.find(clinic, id).orElseThrow(Refusal::notFound);
    Reach reach = new Reach(caller, clinic, named);
    if (!reach.sees(id)) {
      throw Refusal.notFound();
    }
    return reach;
  }

  private @Nullable ClinicId clinic(Needs needs, Caller caller, @Nullable String inPath) {
    ClinicId own = caller.clinic();
    if (own != null) {
      if (inPath != null && !own.value().equals(uuid(inPath))) {
        throw Refusal.notFound();
      }
      return own;
    }
    OrganisationId organisation = caller.organisation();
    if (inPath == null || organisation == null) {
      if (needs.organisationToo()) {
        return null;
      }
      throw Refusal.CLINIC_REQUIRED.because(
          "An organisation's key says for which of its clinics it asks.");
    }
    return clinics
        .find(organisation, new ClinicId(uuid(inPath)))
        .orElseThrow(Refusal::notFound)
        .id();
  }

  /** An id that cannot be one is as unknown as any other. */
  private static UUID uuid(String text) {
    try {
      return UUID.fromString(text);
    } catch (IllegalArgumentException noId) {
      throw Refusal.notFound();
    }
  }

  @SuppressWarnings("unchecked")
  private static Map<String, String> pathVariables(HttpServletRequest request) {
    return request.getAttribute(HandlerMapping.URI_TEMPLATE_VARIABLES_ATTRIBUTE)
            instanceof Map<?, ?> variables
        ? (Map<String, String>) variables
        : Map.of();
  }

  @Override
  public boolean supportsParameter(MethodParameter parameter) {
    return parameter.getParameterType() == Reach.class;
  }

  @Override
  public @Nullable Object resolveArgument(
      MethodParameter parameter,
      @Nullable ModelAndViewContainer container,
      NativeWebRequest request,
      @Nullable WebDataBinderFactory binders) {
    return request.getAttribute(ATTRIBUTE, RequestAttributes.SCOPE_REQUEST);
  }
}
