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
 * Granite 3 (IBM): Llama with factors of embeddings, of what each part adds, of scores and of
 * logits.
 */
final class Granite implements Family {
  @Override
  public List<String> ggufNames() {
    return List.of("granite");
  }

  @Override
  public List<String> folderNames() {
    return List.of("GraniteForCausalLM");
  }

  @Override
  public Described read(GgufFields f, Tensors tensors) throws BadFileException {
    ModelConfig c = GgufSizes.of(f, tensors);
    Decoder d =
        new Decoder(
                c, TensorNames.GGUF, tensors, f.number("granite.attention.layer_norm_rms_epsilon"))
            .rope(GgufRope.of(f, c, RopeSpec.Pairs.NEIGHBOURS, tensors))
            .scales(
                f.number("granite.embedding_scale"),
                f.number("granite.residual_scale"),
                1 / f.number("granite.logit_scale"));
    double scale = f.number("granite.attention.scale");
    f.refuseOthers("granite.", Set.of("granite.vocab_size"));
    return scored(d, c, scale).build();
  }

  @Override
  public Described read(HfFields f, Tensors tensors) throws BadFileException {
    ModelConfig c = HfSizes.of(f, tensors);
    f.demand("hidden_act", "silu");
    Decoder d =
        new Decoder(c, TensorNames.FOLDER, tensors, f.numberOr("rms_norm_eps", 1e-6))
            .rope(HfRope.of(f, c.headDim(), c.context()))
            .scales(
                f.numberOr("embedding_multiplier", 1),
                f.numberOr("residual_multiplier", 1),
                1 / f.numberOr("logits_scaling", 1));
    f.refuse(f.numberOr("logits_scaling", 1) == 0, "'logits_scaling' is 0");
    double scale = f.numberOr("attention_multiplier", 1);
    f.flag("attention_bias");
    f.flag("mlp_bias");
    f.refuseOthers();
    return scored(d, c, scale).build();
  }

  private static Decoder scored(Decoder d, ModelConfig c, double scale) {
    AttentionSpec.Shape shape = c.shape().scored(scale, 0);
    return d.shape(l -> shape);
  }
}
