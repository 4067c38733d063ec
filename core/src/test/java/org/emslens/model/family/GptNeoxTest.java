package org.emslens.model.family;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import org.emslens.FamilyModels;
import org.emslens.format.Json;
import org.emslens.model.Model;
import org.emslens.model.ModelLoader;
import org.emslens.model.RopeSpec;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How much of a head of 8 is turned, and by which base, in all ways in which this is said. */
class GptNeoxTest {
  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({
    "rotary_pct, 0.5, , 4, 10000",
    "rotary_pct, 1, , 8, 10000",
    "rotary_emb_base, 500, , 2, 500",
    ", , rope_theta, 2, 700",
    ", , partial_rotary_factor, 6, 10000",
    ", , , 2, 10000",
  })
  void aQuarterIsTurnedWhereNothingIsSaid(
      String field, Double value, String within, int turned, float theta) throws IOException {
    Path model = FamilyModels.path("gptneox", folder);
    Path file = model.resolve("config.json");
    ObjectNode json = (ObjectNode) Json.read(file);
    json.remove("rope_parameters");
    if (field != null) {
      json.put(field, value);
    }
    if (within != null) {
      json.putObject("rope_parameters").put(within, within.equals("rope_theta") ? 700 : 0.75);
    }
    Json.MAPPER.writeValue(file.toFile(), json);
    try (Model m = ModelLoader.open(model)) {
      RopeSpec rope = m.spec().layers().getFirst().attention().rope().at(1);
      assertEquals(turned, rope.dimensions());
      assertEquals(theta, rope.theta());
    }
  }
}
