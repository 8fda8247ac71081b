package io.clinicsync.clinics;

import java.util.UUID;
import org.springframework.data.repository.CrudRepository;

interface ConnectionRepository extends CrudRepository<Connection, UUID> {}
