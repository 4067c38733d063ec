package org.emslens.model.family;

import java.util.List;
import org.emslens.format.BadFileException;
import org.emslens.format.TensorSource;
import org.emslens.model.GgufFields;
import org.emslens.model.HfFields;
import org.emslens.model.ModelConfig;
import org.emslens.model.ModelSpec;
import org.emslens.model.Tensors;

/** A family of models: reads its numbers, says which tensor is which. */
public interface Family {

  /**
   * What a model of a family is.
   *
   * @param weights where the tensors of `spec` are read
   */
  record Described(ModelConfig config, ModelSpec spec, TensorSource weights) {}

  /** Values of `general.architecture` in GGUF files. */
  List<String> ggufNames();

  /** Values of `architectures` in config.json. */
  List<String> folderNames();

  /**
   * From a GGUF file's metadata and tensors.
   *
   * @throws BadFileException naming what is missing, wrong or unknown
   */
  Described read(GgufFields fields, Tensors tensors) throws BadFileException;

  /** From a folder's config.json and tensors, likewise. */
  Described read(HfFields fields, Tensors tensors) throws BadFileException;
}
