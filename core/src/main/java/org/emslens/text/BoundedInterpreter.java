package org.emslens.text;

import com.hubspot.jinjava.Jinjava;
import com.hubspot.jinjava.JinjavaConfig;
import com.hubspot.jinjava.interpret.Context;
import com.hubspot.jinjava.interpret.InterpreterFactory;
import com.hubspot.jinjava.interpret.JinjavaInterpreter;
import com.hubspot.jinjava.interpret.TemplateError;

/**
 * Gives a template up that goes on and on, or that fails again and again: a loop within a loop
 * within a loop is a few letters long.
 */
final class BoundedInterpreter extends JinjavaInterpreter {
  /** Looks at variables, of which real templates need some thousands. */
  private static final int MOST_STEPS = 1_000_000;

  private static final int MOST_ERRORS = 20;

  /** Shared with interpreters of parts of the template. */
  private final Work work;

  private static final class Work {
    private int steps;
    private int errors;
  }

  /** Is no exception, so that no template's own handling of those holds it up. */
  static final class GivenUp extends Error {
    private static final long serialVersionUID = 1;

    /** The error that came last, or null where it took too many steps. */
    private final transient TemplateError error;

    private GivenUp(TemplateError error) {
      super("it does not come to an end", null, false, false);
      this.error = error;
    }

    TemplateError error() {
      return error;
    }
  }

  static final InterpreterFactory FACTORY =
      new InterpreterFactory() {
        @Override
        public JinjavaInterpreter newInstance(JinjavaInterpreter original) {
          return new BoundedInterpreter(original);
        }

        @Override
        public JinjavaInterpreter newInstance(
            Jinjava application, Context context, JinjavaConfig config) {
          return new BoundedInterpreter(application, context, config);
        }
      };

  private BoundedInterpreter(Jinjava application, Context context, JinjavaConfig config) {
    super(application, context, config);
    work = new Work();
  }

  private BoundedInterpreter(JinjavaInterpreter original) {
    super(original);
    work = original instanceof BoundedInterpreter b ? b.work : new Work();
  }

  @Override
  public Context getContext() {
    // The library asks while this is being made, too.
    if (work != null && ++work.steps > MOST_STEPS) {
      throw new GivenUp(null);
    }
    return super.getContext();
  }

  @Override
  public void addError(TemplateError error) {
    super.addError(error);
    if (work != null && ++work.errors > MOST_ERRORS) {
      throw new GivenUp(error);
    }
  }
}
