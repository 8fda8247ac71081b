package io.clinicsync.clinics;

import java.util.UUID;
import org.springframework.data.repository.CrudRepository;

interface ClinicRepository extends CrudRepository<Clinic, UUID> {}
