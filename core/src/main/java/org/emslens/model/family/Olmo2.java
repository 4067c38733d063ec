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
import org.emslens.model.assembly.NormPlace;
import org.emslens.model.assembly.TensorNames;

/**
 * OLMo 2 (arXiv 2501.00656): what each part adds is normalised, not what it reads; queries and keys
 * are normalised over all heads at once.
 */
final class Olmo2 implements Family {
  @Override
  public List<String> ggufNames() {
    return List.of("olmo2");
  }

  @Override
  public List<String> folderNames() {
    return List.of("Olmo2ForCausalLM");
  }

  @Override
  public Described read(GgufFields f, Tensors tensors) throws BadFileException {
    ModelConfig c = GgufSizes.of(f, tensors);
    double epsilon = f.number("olmo2.attention.layer_norm_rms_epsilon");
    Decoder d =
        new Decoder(c, TensorNames.GGUF, tensors, epsilon)
            .rope(GgufRope.of(f, c, RopeSpec.Pairs.HALVES, tensors));
    f.refuseOthers("olmo2.", Set.of("olmo2.vocab_size"));
    return d.norms(NormPlace.AFTER, 0).queryKeyNorms(true).build();
  }

  @Override
  public Described read(HfFields f, Tensors tensors) throws BadFileException {
    ModelConfig c = HfSizes.of(f, tensors);
    f.demand("hidden_act", "silu");
    Decoder d =
        new Decoder(c, TensorNames.FOLDER, tensors, f.numberOr("rms_norm_eps", 1e-5))
            .rope(HfRope.of(f, c.headDim(), c.context()));
    f.flag("attention_bias");
    f.refuseOthers();
    return d.norms(NormPlace.AFTER, 0).queryKeyNorms(true).build();
  }
}
