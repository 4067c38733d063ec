package org.emslens;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import org.emslens.format.Json;
import org.emslens.format.Npy;

/** Reference numbers and small models among the test resources. */
public final class TestFiles {
  private TestFiles() {}

  public static Path path(String name) {
    try {
      return Path.of(TestFiles.class.getResource(name).toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  public static JsonNode json(String name) throws IOException {
    return Json.MAPPER.readTree(path(name).toFile());
  }

  public static Npy npy(String name) throws IOException {
    return Npy.read(path(name));
  }

  public static int[] ints(JsonNode array) {
    int[] out = new int[array.size()];
    for (int i = 0; i < out.length; i++) {
      out[i] = array.get(i).asInt();
    }
    return out;
  }
}
