package org.emslens.format;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Base64;
import org.emslens.TestFiles;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Random blocks of every type, bit for bit against the Python package `gguf`. */
class QuantisationTest {

  @ParameterizedTest
  @EnumSource(DType.class)
  void isBitEqual(DType type) throws IOException {
    JsonNode c = TestFiles.json("tiny/quants.json").get(type.name());
    byte[] raw = Base64.getDecoder().decode(c.get("raw").asText());
    ByteBuffer expected =
        ByteBuffer.wrap(Base64.getDecoder().decode(c.get("values").asText()))
            .order(ByteOrder.LITTLE_ENDIAN);
    float[] found = new float[expected.capacity() / 4];
    Dequantizer.dequantize(type, raw, found);
    for (int i = 0; i < found.length; i++) {
      assertEquals(expected.getFloat(4 * i), found[i], type + " number " + i);
    }
  }
}
