package org.emslens.app.heatmap;

import javafx.beans.binding.Bindings;
import javafx.beans.binding.BooleanBinding;
import javafx.beans.property.BooleanProperty;
import javafx.beans.property.ReadOnlyObjectProperty;
import javafx.beans.property.ReadOnlyObjectWrapper;
import javafx.beans.property.SimpleBooleanProperty;
import org.emslens.app.lens.Job;
import org.emslens.app.lens.Lens;
import org.emslens.engine.RepetitionMap;
import org.emslens.session.Run;

/** Whether one looks at the open prompt as the model repeats it, rather than as it read it. */
public final class RepetitionModel {
  private final Lens lens;
  private Job job;
  private final BooleanProperty wanted = new SimpleBooleanProperty(this, "wanted");
  private final ReadOnlyObjectWrapper<RepetitionMap> map = new ReadOnlyObjectWrapper<>(this, "map");

  public RepetitionModel(Lens lens) {
    this.lens = lens;
    wanted.addListener((o, before, now) -> turned(now));
    lens.runProperty().addListener((o, before, now) -> shown(now));
    lens.readingBinding()
        .addListener(
            (o, before, now) -> {
              // What is read takes the place of the prompt that is being repeated.
              if (now && job != null) {
                wanted.set(false);
              }
            });
  }

  /** Setting it reads the prompt once more, unless that was done, or ends that. */
  public BooleanProperty wantedProperty() {
    return wanted;
  }

  /** The map once it is there, else null. */
  public ReadOnlyObjectProperty<RepetitionMap> mapProperty() {
    return map.getReadOnlyProperty();
  }

  /** The map of a run's prompt where that has been repeated, by this session or a recorded one. */
  static RepetitionMap known(Run run) {
    return run == null ? null : run.prefill().scores().repetition();
  }

  /** Whether there is something to look at, or a model to make it. */
  public BooleanBinding possibleBinding() {
    return Bindings.createBooleanBinding(
        () -> known(lens.runProperty().get()) != null || canRepeat(),
        lens.runProperty(),
        lens.models().modelProperty(),
        lens.readingBinding(),
        map);
  }

  private boolean canRepeat() {
    return lens.models().modelProperty().get() != null
        && lens.runProperty().get() != null
        && !lens.readingBinding().get();
  }

  private void turned(boolean on) {
    map.set(null);
    if (job != null) {
      job.cancel();
      job = null;
    }
    RepetitionMap known = known(lens.runProperty().get());
    if (on && known != null) {
      map.set(known);
    } else if (on) {
      Job[] begun = new Job[1];
      begun[0] = lens.repeat(this::came, end -> ended(begun[0], end));
      job = begun[0];
    }
  }

  private void came(RepetitionMap made) {
    if (wanted.get() && made == known(lens.runProperty().get())) {
      map.set(made);
    }
  }

  /** One that another has replaced since says nothing of what is wanted now. */
  private void ended(Job which, Job.End end) {
    if (which == job) {
      job = null;
      wanted.set(map.get() != null);
    }
  }

  /** Another prompt's repetition is not this one's. */
  private void shown(Run now) {
    RepetitionMap m = map.get();
    if (m != null && m != known(now)) {
      wanted.set(false);
    }
  }
}
