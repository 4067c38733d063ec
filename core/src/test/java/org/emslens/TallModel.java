package org.emslens;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.emslens.format.Json;

/**
 * A Llama with the default model's layers and heads, so that its attention takes as much room and
 * its cache has as many heads, but so narrow that it runs through thousands of tokens in seconds.
 */
public final class TallModel {
  private static final int LAYERS = 30;
  private static final int HEADS = 9;
  private static final int KV_HEADS = 3;
  private static final int HEAD_DIM = 64;
  private static final int HIDDEN = 32;
  private static final int WIDTH = 48;
  private static final int VOCAB = 320;

  private TallModel() {}

  /** Writes one with random weights, and the tokenizer of the tiny models, into an empty folder. */
  public static Path write(Path folder) throws IOException {
    ObjectNode config = (ObjectNode) TestFiles.json("tiny/plain/config.json");
    config
        .put("num_hidden_layers", LAYERS)
        .put("num_attention_heads", HEADS)
        .put("num_key_value_heads", KV_HEADS)
        .put("head_dim", HEAD_DIM)
        .put("hidden_size", HIDDEN)
        .put("intermediate_size", WIDTH)
        .put("max_position_embeddings", 8192);
    Files.write(folder.resolve("config.json"), Json.MAPPER.writeValueAsBytes(config));
    try (Stream<Path> files = Files.list(TestFiles.path("tiny/plain"))) {
      for (Path f : files.filter(f -> f.getFileName().toString().contains("token")).toList()) {
        Files.copy(f, folder.resolve(f.getFileName().toString()));
      }
    }
    Map<String, int[]> shapes = shapes();
    try (OutputStream out = Files.newOutputStream(folder.resolve("model.safetensors"))) {
      byte[] header = header(shapes);
      out.write(buffer(Long.BYTES).putLong(header.length).array());
      out.write(header);
      Random random = new Random(1);
      for (int[] shape : shapes.values()) {
        out.write(numbers(shape, random));
      }
    }
    return folder;
  }

  private static Map<String, int[]> shapes() {
    Map<String, int[]> all = new LinkedHashMap<>();
    all.put("model.embed_tokens.weight", new int[] {VOCAB, HIDDEN});
    for (int l = 0; l < LAYERS; l++) {
      String layer = "model.layers." + l + ".";
      all.put(layer + "input_layernorm.weight", new int[] {HIDDEN});
      all.put(layer + "self_attn.q_proj.weight", new int[] {HEADS * HEAD_DIM, HIDDEN});
      all.put(layer + "self_attn.k_proj.weight", new int[] {KV_HEADS * HEAD_DIM, HIDDEN});
      all.put(layer + "self_attn.v_proj.weight", new int[] {KV_HEADS * HEAD_DIM, HIDDEN});
      all.put(layer + "self_attn.o_proj.weight", new int[] {HIDDEN, HEADS * HEAD_DIM});
      all.put(layer + "post_attention_layernorm.weight", new int[] {HIDDEN});
      all.put(layer + "mlp.gate_proj.weight", new int[] {WIDTH, HIDDEN});
      all.put(layer + "mlp.up_proj.weight", new int[] {WIDTH, HIDDEN});
      all.put(layer + "mlp.down_proj.weight", new int[] {HIDDEN, WIDTH});
    }
    all.put("model.norm.weight", new int[] {HIDDEN});
    all.put("lm_head.weight", new int[] {VOCAB, HIDDEN});
    return all;
  }

  private static byte[] header(Map<String, int[]> shapes) {
    ObjectNode header = Json.MAPPER.createObjectNode();
    int at = 0;
    for (Map.Entry<String, int[]> e : shapes.entrySet()) {
      ObjectNode tensor = header.putObject(e.getKey()).put("dtype", "F32");
      tensor.set("shape", Json.MAPPER.valueToTree(e.getValue()));
      int next = at + count(e.getValue()) * Float.BYTES;
      tensor.set("data_offsets", Json.MAPPER.valueToTree(new int[] {at, next}));
      at = next;
    }
    return header.toString().getBytes(StandardCharsets.UTF_8);
  }

  /** Norms of ones; maps that keep the size of what goes through them. */
  private static byte[] numbers(int[] shape, Random random) {
    ByteBuffer b = buffer(count(shape) * Float.BYTES);
    double scale = shape.length == 1 ? 0 : 1 / Math.sqrt(shape[1]);
    while (b.hasRemaining()) {
      b.putFloat(shape.length == 1 ? 1 : (float) (scale * random.nextGaussian()));
    }
    return b.array();
  }

  private static int count(int[] shape) {
    return shape.length == 1 ? shape[0] : shape[0] * shape[1];
  }

  private static ByteBuffer buffer(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }
}
