package org.emslens.model.family;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Set;
import org.emslens.format.BadFileException;
import org.emslens.model.GgufFields;
import org.emslens.model.HfFields;
import org.emslens.model.ModelConfig;
import org.emslens.model.Rope;
import org.emslens.model.RopeSpec;
import org.emslens.model.Tensors;
import org.emslens.model.assembly.Decoder;
import org.emslens.model.assembly.GgufRope;
import org.emslens.model.assembly.GgufSizes;
import org.emslens.model.assembly.HfRope;
import org.emslens.model.assembly.HfSizes;
import org.emslens.model.assembly.HfWindows;
import org.emslens.model.assembly.TensorNames;

/** SmolLM 3 (Hugging Face): Llama with every fourth layer knowing no positions. */
final class SmolLm3 implements Family {
  /** Every so many-th layer does not turn queries and keys (arXiv 2501.18795). */
  private static final int FOURTH = 4;

  @Override
  public List<String> ggufNames() {
    return List.of("smollm3");
  }

  @Override
  public List<String> folderNames() {
    return List.of("SmolLM3ForCausalLM");
  }

  @Override
  public Described read(GgufFields f, Tensors tensors) throws BadFileException {
    ModelConfig c = GgufSizes.of(f, tensors);
    Rope rope = GgufRope.of(f, c, RopeSpec.Pairs.NEIGHBOURS, tensors);
    double epsilon = f.number("smollm3.attention.layer_norm_rms_epsilon");
    f.refuseOthers("smollm3.", Set.of("smollm3.vocab_size"));
    return new Decoder(c, TensorNames.GGUF, tensors, epsilon)
        .rope(l -> (l + 1) % FOURTH == 0 ? null : rope)
        .build();
  }

  @Override
  public Described read(HfFields f, Tensors tensors) throws BadFileException {
    ModelConfig c = HfSizes.of(f, tensors);
    f.demand("hidden_act", "silu");
    int window = f.flag("use_sliding_window") ? f.integerOr("sliding_window", 0) : 0;
    f.get("sliding_window");
    int[] windows = HfWindows.of(f, c.layers(), window, l -> false);
    Rope rope = HfRope.of(f, c.headDim(), c.context());
    int nth = f.integerOr("no_rope_layer_interval", FOURTH);
    f.refuse(nth == 0, "'no_rope_layer_interval' is 0");
    JsonNode turning = f.get("no_rope_layers");
    f.flag("attention_bias");
    f.flag("mlp_bias");
    double epsilon = f.numberOr("rms_norm_eps", 1e-6);
    f.refuseOthers("max_window_layers");
    return new Decoder(c, TensorNames.FOLDER, tensors, epsilon)
        .windows(windows)
        // In spite of its name the list has 1 where a layer turns.
        .rope(l -> turning.path(l).asInt((l + 1) % nth) == 0 ? null : rope)
        .build();
  }
}
