package org.emslens.model.family;

import java.util.List;
import java.util.Set;
import org.emslens.format.BadFileException;
import org.emslens.model.GgufFields;
import org.emslens.model.HfFields;
import org.emslens.model.ModelConfig;
import org.emslens.model.RopeSpec;
import org.emslens.model.Tensors;
import org.emslens.model.assembly.Decoder;
import org.emslens.model.assembly.GgufRope;
import org.emslens.model.assembly.GgufSizes;
import org.emslens.model.assembly.HfRope;
import org.emslens.model.assembly.HfSizes;
import org.emslens.model.assembly.HfWindows;
import org.emslens.model.assembly.TensorNames;

/** Qwen 2 and 2.5 (arXiv 2412.15115): Llama with biases of queries, keys and values. */
final class Qwen2 implements Family {
  @Override
  public List<String> ggufNames() {
    return List.of("qwen2");
  }

  @Override
  public List<String> folderNames() {
    return List.of("Qwen2ForCausalLM");
  }

  @Override
  public Described read(GgufFields f, Tensors tensors) throws BadFileException {
    ModelConfig c = GgufSizes.of(f, tensors);
    Decoder d =
        new Decoder(
                c, TensorNames.GGUF, tensors, f.number("qwen2.attention.layer_norm_rms_epsilon"))
            .rope(GgufRope.of(f, c, RopeSpec.Pairs.HALVES, tensors));
    f.refuseOthers("qwen2.", Set.of("qwen2.vocab_size"));
    return d.build();
  }

  @Override
  public Described read(HfFields f, Tensors tensors) throws BadFileException {
    ModelConfig c = HfSizes.of(f, tensors);
    f.demand("hidden_act", "silu");
    int[] windows = HfWindows.switched(f, c.layers());
    Decoder d =
        new Decoder(c, TensorNames.FOLDER, tensors, f.numberOr("rms_norm_eps", 1e-6))
            .windows(windows)
            .rope(HfRope.of(f, c.headDim(), c.context()));
    f.refuseOthers("use_mrope");
    return d.build();
  }
}
