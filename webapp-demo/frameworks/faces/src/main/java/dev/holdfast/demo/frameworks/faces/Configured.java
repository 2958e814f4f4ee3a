package dev.holdfast.demo.frameworks.faces;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.faces.annotation.FacesConfig;

/** Has Faces look for its beans among CDI's. */
@FacesConfig
@ApplicationScoped
public class Configured {}
