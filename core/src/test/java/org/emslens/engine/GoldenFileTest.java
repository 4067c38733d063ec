package org.emslens.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.emslens.DefaultModel;
import org.emslens.TestFiles;
import org.emslens.format.Gguf;
import org.emslens.format.TensorInfo;
import org.emslens.model.Model;
import org.emslens.model.ModelLoader;
import org.emslens.text.ChatMessage;
import org.emslens.text.Tokenizer;
import org.junit.jupiter.api.Test;

/** What is in the default model's file, as Hugging Face transformers reads it. */
class GoldenFileTest {

  @Test
  void dequantisedWeightsAreBitEqual() throws Exception {
    try (Gguf file = new Gguf(DefaultModel.path())) {
      for (var e : TestFiles.json("golden/weights.json").properties()) {
        TensorInfo t = file.tensors().get(e.getKey());
        float[] values = new float[(int) t.count()];
        file.read(t, 0, values);
        for (int i = 0; i < 32; i++) {
          assertEquals((float) e.getValue().get("first").get(i).asDouble(), values[i]);
        }
        ByteBuffer bytes = ByteBuffer.allocate(values.length * 4).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        byte[] digest = MessageDigest.getInstance("SHA-256").digest(bytes.array());
        assertEquals(e.getValue().get("sha256").asText(), HexFormat.of().formatHex(digest));
      }
    }
  }

  @Test
  void tokensAndChatsAreEqual() throws IOException {
    try (Model model = ModelLoader.open(DefaultModel.path())) {
      for (JsonNode c : TestFiles.json("golden/index.json")) {
        String text = c.get("text").asText();
        if (c.has("chat")) {
          List<ChatMessage> chat = new ArrayList<>();
          c.get("chat")
              .forEach(
                  m ->
                      chat.add(new ChatMessage(m.get("role").asText(), m.get("content").asText())));
          assertEquals(text, model.chat().render(chat));
        }
        int[] ids = Tokenizer.ids(model.tokenizer().encode(text));
        assertArrayEquals(TestFiles.ints(c.get("ids")), ids);
        assertEquals(text, model.tokenizer().decode(ids));
      }
    }
  }
}
