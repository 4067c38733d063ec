package org.emslens.model.family;

import java.util.List;
import java.util.Set;
import org.emslens.format.BadFileException;
import org.emslens.model.AttentionSpec;
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
import org.emslens.model.assembly.TensorNames;

/**
 * Phi 3, 3.5 and 4 mini (arXiv 2404.14219): Llama with one projection for queries, keys and values
 * and one for gate and up, a window, and frequencies of their own for long texts.
 */
final class Phi3 implements Family {
  @Override
  public List<String> ggufNames() {
    return List.of("phi3");
  }

  @Override
  public List<String> folderNames() {
    return List.of("Phi3ForCausalLM");
  }

  @Override
  public Described read(GgufFields f, Tensors tensors) throws BadFileException {
    ModelConfig c = GgufSizes.of(f, tensors);
    int window = f.integerOr("phi3.attention.sliding_window", 0);
    Decoder d =
        new Decoder(c, TensorNames.GGUF, tensors, f.number("phi3.attention.layer_norm_rms_epsilon"))
            .rope(GgufRope.of(f, c, RopeSpec.Pairs.HALVES, tensors));
    f.refuseOthers("phi3.", Set.of("phi3.vocab_size"));
    return windowed(d, c, window).build();
  }

  @Override
  public Described read(HfFields f, Tensors tensors) throws BadFileException {
    ModelConfig c = HfSizes.of(f, tensors);
    f.demand("hidden_act", "silu");
    int window = f.integerOr("sliding_window", 0);
    Decoder d =
        new Decoder(c, TensorNames.FOLDER, tensors, f.numberOr("rms_norm_eps", 1e-5))
            .rope(HfRope.of(f, c.headDim(), c.context()));
    f.refuse(f.flag("attention_bias"), "'attention_bias' is true");
    f.refuseOthers();
    return windowed(d, c, window).build();
  }

  /** A window as long as the context is none. */
  private static Decoder windowed(Decoder d, ModelConfig c, int window) {
    AttentionSpec.Shape shape = c.shape();
    return d.shape(l -> shape.within(window < c.context() ? window : 0));
  }
}
