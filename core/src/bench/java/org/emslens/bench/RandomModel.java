package org.emslens.bench;

import java.io.BufferedOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.emslens.format.Gguf;
import org.emslens.model.Model;
import org.emslens.model.ModelLoader;

/**
 * Writes a Llama GGUF of a given shape with random Q4_0 blocks, to measure speed and memory at sizes
 * whose real weights need not be had. Its tokenizer is the default model's, so that the same prompts
 * have the same tokens; what it says is noise.
 *
 * <pre>mvn -Pbench -DskipTests verify -pl core -Dbench.main=org.emslens.bench.RandomModel -Dbench.args="OUT.gguf DEFAULT.gguf 1b"</pre>
 */
public final class RandomModel {
  private static final int ALIGNMENT = 32;
  private static final int BLOCK = 32;
  private static final int BLOCK_BYTES = 18;
  private static final int F32 = 0;
  private static final int Q4_0 = 2;

  /** The shapes of Llama 3.2's models. */
  private record Shape(int layers, int hidden, int heads, int kvHeads, int headDim, int width) {
    static Shape of(String name) {
      return switch (name) {
        case "1b" -> new Shape(16, 2048, 32, 8, 64, 8192);
        case "3b" -> new Shape(28, 3072, 24, 8, 128, 8192);
        default -> throw new IllegalArgumentException("shape is '" + name + "'; expected 1b or 3b.");
      };
    }
  }

  private record Tensor(String name, int rows, int columns) {
    long bytes() {
      return rows == 1 ? 4L * columns : (long) rows * columns / BLOCK * BLOCK_BYTES;
    }
  }

  private RandomModel() {}

  /**
   * @param args the file to write, the default model's file, and 1b or 3b
   */
  public static void main(String[] args) throws IOException {
    Shape s = Shape.of(args[2]);
    try (Gguf donor = new Gguf(Path.of(args[1]));
        Model model = ModelLoader.open(Path.of(args[1]));
        OutputStream out = Files.newOutputStream(Path.of(args[0]))) {
      write(out, metadata(s, donor), tensors(s, model.config().vocab()));
    }
  }

  private static Map<String, Object> metadata(Shape s, Gguf donor) {
    Map<String, Object> m = new LinkedHashMap<>();
    m.put("general.architecture", "llama");
    m.put("general.name", "random");
    m.put("general.file_type", 2L);
    m.put("llama.block_count", (long) s.layers);
    m.put("llama.context_length", 8192L);
    m.put("llama.embedding_length", (long) s.hidden);
    m.put("llama.feed_forward_length", (long) s.width);
    m.put("llama.attention.head_count", (long) s.heads);
    m.put("llama.attention.head_count_kv", (long) s.kvHeads);
    m.put("llama.attention.key_length", (long) s.headDim);
    m.put("llama.attention.value_length", (long) s.headDim);
    m.put("llama.rope.dimension_count", (long) s.headDim);
    m.put("llama.rope.freq_base", 500000.0);
    m.put("llama.attention.layer_norm_rms_epsilon", 1e-5);
    donor.metadata().entrySet().stream()
        .filter(e -> e.getKey().startsWith("tokenizer."))
        .forEach(e -> m.put(e.getKey(), e.getValue()));
    return m;
  }

  private static List<Tensor> tensors(Shape s, int vocab) {
    List<Tensor> all = new ArrayList<>();
    all.add(new Tensor("token_embd.weight", vocab, s.hidden));
    all.add(new Tensor("output_norm.weight", 1, s.hidden));
    for (int l = 0; l < s.layers; l++) {
      String blk = "blk." + l + ".";
      all.add(new Tensor(blk + "attn_norm.weight", 1, s.hidden));
      all.add(new Tensor(blk + "attn_q.weight", s.heads * s.headDim, s.hidden));
      all.add(new Tensor(blk + "attn_k.weight", s.kvHeads * s.headDim, s.hidden));
      all.add(new Tensor(blk + "attn_v.weight", s.kvHeads * s.headDim, s.hidden));
      all.add(new Tensor(blk + "attn_output.weight", s.hidden, s.heads * s.headDim));
      all.add(new Tensor(blk + "ffn_norm.weight", 1, s.hidden));
      all.add(new Tensor(blk + "ffn_gate.weight", s.width, s.hidden));
      all.add(new Tensor(blk + "ffn_up.weight", s.width, s.hidden));
      all.add(new Tensor(blk + "ffn_down.weight", s.hidden, s.width));
    }
    return all;
  }

  private static void write(OutputStream file, Map<String, Object> metadata, List<Tensor> tensors)
      throws IOException {
    Counted out = new Counted(file);
    out.write("GGUF".getBytes(StandardCharsets.US_ASCII));
    out.ints(3);
    out.longs(tensors.size(), metadata.size());
    for (Map.Entry<String, Object> e : metadata.entrySet()) {
      out.text(e.getKey());
      out.value(e.getValue());
    }
    long at = 0;
    for (Tensor t : tensors) {
      out.text(t.name);
      out.ints(t.rows == 1 ? 1 : 2);
      out.longs(t.columns);
      if (t.rows > 1) {
        out.longs(t.rows);
      }
      out.ints(t.rows == 1 ? F32 : Q4_0);
      out.longs(at);
      at += aligned(t.bytes());
    }
    out.pad();
    Random random = new Random(1);
    for (Tensor t : tensors) {
      if (t.rows == 1) {
        ones(out, t.columns);
      } else {
        blocks(out, t, random);
      }
      out.pad();
    }
    out.flush();
  }

  private static long aligned(long n) {
    return (n + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
  }

  private static void ones(Counted out, int n) throws IOException {
    ByteBuffer b = ByteBuffer.allocate(4 * n).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < n; i++) {
      b.putFloat(1);
    }
    out.write(b.array());
  }

  /** Scales such that a row's product with a normed activation is about as large as it. */
  private static void blocks(Counted out, Tensor t, Random random) throws IOException {
    byte[] row = new byte[t.columns / BLOCK * BLOCK_BYTES];
    short scale = Float.floatToFloat16((float) (0.2 / Math.sqrt(t.columns)));
    for (int r = 0; r < t.rows; r++) {
      random.nextBytes(row);
      for (int b = 0; b < row.length; b += BLOCK_BYTES) {
        row[b] = (byte) scale;
        row[b + 1] = (byte) (scale >> 8);
      }
      out.write(row);
    }
  }

  /** Little-endian GGUF values, counted. */
  private static final class Counted {
    private final DataOutputStream out;
    private long written;

    Counted(OutputStream file) {
      out = new DataOutputStream(new BufferedOutputStream(file, 1 << 20));
    }

    void write(byte[] bytes) throws IOException {
      out.write(bytes);
      written += bytes.length;
    }

    void ints(int n) throws IOException {
      write(ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(n).array());
    }

    void longs(long... all) throws IOException {
      for (long n : all) {
        write(ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(n).array());
      }
    }

    void text(String s) throws IOException {
      byte[] bytes = s.getBytes(StandardCharsets.UTF_8);
      longs(bytes.length);
      write(bytes);
    }

    void value(Object v) throws IOException {
      switch (v) {
        case Long n -> {
          ints(4);
          ints(n.intValue());
        }
        case Double x -> {
          ints(6);
          ints(Float.floatToIntBits(x.floatValue()));
        }
        case Boolean b -> {
          ints(7);
          write(new byte[] {(byte) (b ? 1 : 0)});
        }
        case String s -> {
          ints(8);
          text(s);
        }
        case List<?> list -> {
          boolean texts = list.getFirst() instanceof String;
          ints(9);
          ints(texts ? 8 : 5);
          longs(list.size());
          for (Object e : list) {
            if (texts) {
              text((String) e);
            } else {
              ints(((Long) e).intValue());
            }
          }
        }
        default -> throw new IllegalStateException("No GGUF type for " + v.getClass());
      }
    }

    void pad() throws IOException {
      write(new byte[(int) (aligned(written) - written)]);
    }

    void flush() throws IOException {
      out.flush();
    }
  }
}
