package org.emslens.model.assembly;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import org.emslens.format.BadFileException;
import org.emslens.format.TensorInfo;
import org.emslens.model.Activation;
import org.emslens.model.AttentionSpec;
import org.emslens.model.FeedForwardSpec;
import org.emslens.model.LayerSpec;
import org.emslens.model.LinearSpec;
import org.emslens.model.ModelConfig;
import org.emslens.model.ModelSpec;
import org.emslens.model.NormSpec;
import org.emslens.model.Rope;
import org.emslens.model.Tensors;
import org.emslens.model.family.Family;

/**
 * Puts together what most families are: layers of attention and a gated feed-forward part, dense or
 * of experts, with root-mean-square norms. A family says what is its own; what it does not say is
 * as in Llama.
 */
public final class Decoder {
  private final ModelConfig config;
  private final TensorNames names;
  private final Tensors tensors;
  private float epsilon;
  private float normOffset;
  private NormPlace norms = NormPlace.BEFORE;
  private boolean queryKeyNorms;
  private boolean wholeQueryKeyNorms;
  private Activation activation = Activation.SILU;
  private IntFunction<AttentionSpec.Shape> shape;
  private IntFunction<? extends Rope> rope = l -> null;
  private int experts;
  private int expertsUsed;
  private int expertWidth;
  private boolean renormalised;
  private float embeddingScale = 1;
  private float residualScale = 1;
  private float logitScale = 1;
  private float logitSoftCap;

  /**
   * @param epsilon of all norms
   */
  public Decoder(ModelConfig config, TensorNames names, Tensors tensors, double epsilon) {
    this.config = config;
    this.names = names;
    this.tensors = tensors;
    this.epsilon = (float) epsilon;
    AttentionSpec.Shape usual = config.shape();
    shape = l -> usual;
  }

  /**
   * @param offset see {@link NormSpec#offset}
   */
  public Decoder norms(NormPlace place, float offset) {
    norms = place;
    normOffset = offset;
    return this;
  }

  /**
   * Queries and keys are normalised.
   *
   * @param whole those of all heads at once, not head by head
   */
  public Decoder queryKeyNorms(boolean whole) {
    queryKeyNorms = true;
    wholeQueryKeyNorms = whole;
    return this;
  }

  public Decoder activation(Activation a) {
    activation = a;
    return this;
  }

  /** By layer. */
  public Decoder shape(IntFunction<AttentionSpec.Shape> byLayer) {
    shape = byLayer;
    return this;
  }

  /**
   * The usual shape with these windows.
   *
   * @param byLayer 0 for none [layers]
   */
  public Decoder windows(int[] byLayer) {
    return shape(l -> config.shape().within(byLayer[l]));
  }

  /** By layer; null where a layer does not know positions. */
  public Decoder rope(IntFunction<? extends Rope> byLayer) {
    rope = byLayer;
    return this;
  }

  /** All layers turn alike. */
  public Decoder rope(Rope all) {
    return rope(l -> all);
  }

  /**
   * The feed-forward part is of experts; see {@link FeedForwardSpec.Experts}.
   *
   * @param width of each
   */
  public Decoder experts(int count, int used, int width, boolean areRenormalised)
      throws BadFileException {
    tensors.demand(
        used >= 1 && used <= count && width >= 1,
        "has " + count + " experts of width " + width + ", of which " + used + " are used");
    experts = count;
    expertsUsed = used;
    expertWidth = width;
    renormalised = areRenormalised;
    return this;
  }

  /** Factors of embeddings, of what each part adds, and of logits. */
  public Decoder scales(double embedding, double residual, double logits) {
    embeddingScale = (float) embedding;
    residualScale = (float) residual;
    logitScale = (float) logits;
    return this;
  }

  /**
   * @param cap see {@link ModelSpec#logitSoftCap}
   */
  public Decoder logitSoftCap(double cap) {
    logitSoftCap = (float) cap;
    return this;
  }

  /**
   * The model.
   *
   * @throws BadFileException naming a tensor that is missing, of another shape, or has no place
   */
  public Family.Described build() throws BadFileException {
    int hidden = config.hidden();
    TensorInfo embedding = tensors.get(names.embedding() + ".weight", config.vocab(), hidden);
    LinearSpec output =
        config.tied()
            ? new LinearSpec(embedding, null)
            : tensors.linear(names.output(), config.vocab(), hidden);
    List<LayerSpec> layers = new ArrayList<>();
    for (int l = 0; l < config.layers(); l++) {
      layers.add(layer(l));
    }
    NormSpec last = norm(names.finalNorm(), hidden);
    ModelSpec spec =
        new ModelSpec(
            embedding, embeddingScale, null, layers, last, output, logitScale, logitSoftCap);
    tensors.refuseOthers(
        name ->
            name.endsWith(".rotary_emb.inv_freq")
                || config.tied() && name.equals(names.output() + ".weight"));
    return new Family.Described(config, spec, tensors.source());
  }

  private LayerSpec layer(int l) throws BadFileException {
    String layer = names.layer(l);
    int hidden = config.hidden();
    TensorNames.Norms n = names.norms().get(norms);
    return new LayerSpec(
        norm(layer, n.attention(), hidden),
        attention(l, layer),
        norm(layer, n.attentionOutput(), hidden),
        norm(layer, n.feedForward(), hidden),
        experts == 0 ? dense(layer) : experts(layer),
        norm(layer, n.feedForwardOutput(), hidden),
        residualScale,
        false);
  }

  private AttentionSpec attention(int l, String layer) throws BadFileException {
    AttentionSpec.Shape s = shape.apply(l);
    int hidden = config.hidden();
    int q = s.queryWidth();
    int kv = s.kvWidth();
    String fused = layer + names.queryKeyValue();
    boolean apart =
        tensors.has(layer + names.query() + ".weight") || !tensors.has(fused + ".weight");
    LinearSpec all = apart ? null : tensors.linear(fused, q + 2 * kv, hidden);
    int qNorm = wholeQueryKeyNorms ? q : s.headDim();
    int kNorm = wholeQueryKeyNorms ? kv : s.headDim();
    return new AttentionSpec(
        s,
        rope.apply(l),
        apart ? tensors.linear(layer + names.query(), q, hidden) : all.rows(0, q),
        apart ? tensors.linear(layer + names.key(), kv, hidden) : all.rows(q, kv),
        apart ? tensors.linear(layer + names.value(), kv, hidden) : all.rows(q + kv, kv),
        tensors.linear(layer + names.attentionOutput(), hidden, q),
        queryKeyNorms ? norm(layer + names.queryNorm(), qNorm) : null,
        queryKeyNorms ? norm(layer + names.keyNorm(), kNorm) : null);
  }

  private FeedForwardSpec dense(String layer) throws BadFileException {
    int hidden = config.hidden();
    int width = config.feedForward();
    String fused = layer + names.gateUp();
    boolean apart =
        tensors.has(layer + names.gate() + ".weight") || !tensors.has(fused + ".weight");
    LinearSpec both = apart ? null : tensors.linear(fused, 2 * width, hidden);
    return new FeedForwardSpec.Dense(
        activation,
        apart ? tensors.linear(layer + names.gate(), width, hidden) : both.rows(0, width),
        apart ? tensors.linear(layer + names.up(), width, hidden) : both.rows(width, width),
        tensors.linear(layer + names.down(), hidden, width));
  }

  private FeedForwardSpec experts(String layer) throws BadFileException {
    int hidden = config.hidden();
    List<FeedForwardSpec.Dense> all = new ArrayList<>();
    for (int e = 0; e < experts; e++) {
      all.add(
          new FeedForwardSpec.Dense(
              activation,
              expert(layer + names.expertGate(), e, expertWidth, hidden),
              expert(layer + names.expertUp(), e, expertWidth, hidden),
              expert(layer + names.expertDown(), e, hidden, expertWidth)));
    }
    LinearSpec router = tensors.linear(layer + names.router(), experts, hidden);
    return new FeedForwardSpec.Experts(router, all, expertsUsed, renormalised);
  }

  private LinearSpec expert(String name, int e, int out, int in) throws BadFileException {
    return names.stacked()
        ? new LinearSpec(tensors.get(name + ".weight", experts, out, in).at(e), null)
        : tensors.linear(name.replace("%e", Integer.toString(e)), out, in);
  }

  private NormSpec norm(String layer, String name, int n) throws BadFileException {
    return name == null ? null : norm(layer + name, n);
  }

  private NormSpec norm(String name, int n) throws BadFileException {
    return new NormSpec(
        NormSpec.Kind.RMS, epsilon, tensors.get(name + ".weight", n), normOffset, null);
  }
}
