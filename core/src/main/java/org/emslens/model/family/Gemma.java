package org.emslens.model.family;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Set;
import org.emslens.format.BadFileException;
import org.emslens.model.Activation;
import org.emslens.model.AttentionSpec;
import org.emslens.model.GgufFields;
import org.emslens.model.HfFields;
import org.emslens.model.ModelConfig;
import org.emslens.model.Rope;
import org.emslens.model.RopeSpec;
import org.emslens.model.Tensors;
import org.emslens.model.assembly.Decoder;
import org.emslens.model.assembly.GgufRope;
import org.emslens.model.assembly.GgufSizes;
import org.emslens.model.assembly.GgufWindows;
import org.emslens.model.assembly.HfRope;
import org.emslens.model.assembly.HfSizes;
import org.emslens.model.assembly.HfWindows;
import org.emslens.model.assembly.NormPlace;
import org.emslens.model.assembly.TensorNames;

/**
 * Gemma 2 (arXiv 2408.00118) and 3 (arXiv 2503.19786): norms before and after both parts,
 * embeddings times the root of their width, tanh GELU, and layers with a window between those
 * without. Gemma 2 caps scores and logits; Gemma 3 normalises queries and keys, and its local
 * layers turn by a base of their own.
 */
final class Gemma implements Family {
  /** Base of the rotary frequencies of Gemma 3's local layers, where a file does not say it. */
  private static final float LOCAL_THETA = 10000;

  /** Every so many-th layer has no window. */
  private static final int SECOND = 2;

  private static final int SIXTH = 6;

  @Override
  public List<String> ggufNames() {
    return List.of("gemma2", "gemma3");
  }

  @Override
  public List<String> folderNames() {
    return List.of("Gemma2ForCausalLM", "Gemma3ForCausalLM");
  }

  /**
   * What scores are divided by the root of, where a GGUF does not say: of each generation the
   * largest, 27B, goes by the width that its heads share.
   */
  static double scalar(boolean third, int layers, int hidden, int heads, int headDim) {
    boolean largest = layers == (third ? 62 : 46);
    return largest ? (double) hidden / heads : headDim;
  }

  @Override
  public Described read(GgufFields f, Tensors tensors) throws BadFileException {
    ModelConfig c = GgufSizes.of(f, tensors);
    boolean third = c.architecture().equals("gemma3");
    int[] windows = GgufWindows.of(f, c.layers(), third ? SIXTH : SECOND);
    double scalar = scalar(third, c.layers(), c.hidden(), c.heads(), c.headDim());
    AttentionSpec.Shape shape =
        c.shape()
            .scored(
                1 / Math.sqrt(scalar), f.numberOr(f.key("attn_logit_softcapping"), third ? 0 : 50));
    Rope global = GgufRope.of(f, c, RopeSpec.Pairs.HALVES, tensors);
    double theta = f.numberOr(f.key("rope.freq_base_swa"), LOCAL_THETA);
    Rope local = third ? new RopeSpec(RopeSpec.Pairs.HALVES, c.headDim(), (float) theta) : global;
    // llama.cpp stores 1 + w.
    Decoder d =
        decoder(
                c,
                TensorNames.GGUF,
                tensors,
                f.number(f.key("attention.layer_norm_rms_epsilon")),
                0)
            .shape(l -> shape.within(windows[l]))
            .rope(l -> windows[l] > 0 ? local : global)
            .logitSoftCap(f.numberOr(f.key("final_logit_softcapping"), third ? 0 : 30));
    f.refuseOthers(f.key(""), Set.of(f.key("vocab_size")));
    return third ? d.queryKeyNorms(false).build() : d.build();
  }

  @Override
  public Described read(HfFields f, Tensors tensors) throws BadFileException {
    ModelConfig c = HfSizes.of(f, tensors);
    boolean third = c.architecture().startsWith("gemma3");
    String name = f.has("hidden_activation") ? "hidden_activation" : "hidden_act";
    f.demand(name, "gelu_pytorch_tanh");
    f.get("hidden_act");
    int nth =
        third
            ? f.integerOr("sliding_window_pattern", f.integerOr("_sliding_window_pattern", SIXTH))
            : SECOND;
    f.refuse(nth == 0, "'sliding_window_pattern' is 0");
    int[] windows =
        HfWindows.of(f, c.layers(), f.integerOr("sliding_window", 0), l -> (l + 1) % nth != 0);
    double scalar = f.number("query_pre_attn_scalar");
    f.refuse(!(scalar > 0), "'query_pre_attn_scalar' is " + scalar);
    AttentionSpec.Shape shape =
        c.shape().scored(1 / Math.sqrt(scalar), f.numberOr("attn_logit_softcapping", 0));
    JsonNode ropes = f.get("rope_parameters");
    boolean apart = ropes.has("full_attention");
    HfRope.refuseTwoWords(f, f.get("rope_scaling"), ropes.path("full_attention"));
    Rope global =
        apart
            ? HfRope.of(f, ropes.get("full_attention"), 0, c.headDim(), c.context())
            : HfRope.of(f, c.headDim(), c.context());
    double theta = f.numberOr("rope_local_base_freq", LOCAL_THETA);
    Rope local =
        apart
            ? HfRope.of(f, ropes.path("sliding_attention"), 0, c.headDim(), c.context())
            : third ? new RopeSpec(RopeSpec.Pairs.HALVES, c.headDim(), (float) theta) : global;
    Decoder d =
        decoder(c, TensorNames.FOLDER, tensors, f.numberOr("rms_norm_eps", 1e-6), 1)
            .shape(l -> shape.within(windows[l]))
            .rope(l -> windows[l] > 0 ? local : global)
            .logitSoftCap(f.numberOr("final_logit_softcapping", 0));
    f.flag("attention_bias");
    f.refuse(f.flag("use_bidirectional_attention"), "'use_bidirectional_attention' is true");
    f.refuseOthers();
    return third ? d.queryKeyNorms(false).build() : d.build();
  }

  private static Decoder decoder(
      ModelConfig c, TensorNames names, Tensors tensors, double epsilon, float offset)
      throws BadFileException {
    return new Decoder(c, names, tensors, epsilon)
        .norms(NormPlace.AROUND, offset)
        .activation(Activation.GELU_TANH)
        .scales(Math.sqrt(c.hidden()), 1, 1);
  }
}
