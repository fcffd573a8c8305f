;;; eglot.el --- what Emacs' own client gets from `offshoot lsp'  -*- lexical-binding: t -*-

;; Writes it as JSON to $REPORT.  Reads: PROGRAM, FILE (a workflow with a mistake), RUN (a workflow that runs),
;; DONE (a file that its last step makes).  Eglot of Emacs 28 shows no progress and says so to the server.

;;; Code:

(package-initialize)
(require 'eglot)
(require 'flymake)
(require 'json)

(define-derived-mode workflow-yaml-mode prog-mode "YAML")
(add-to-list 'auto-mode-alist '("\\.yaml\\'" . workflow-yaml-mode))
(add-to-list 'eglot-server-programs `(workflow-yaml-mode . (,(getenv "PROGRAM") "lsp")))
(setq eglot-sync-connect 60 make-backup-files nil create-lockfiles nil auto-save-default nil)

(defvar report-heard nil "Methods of all that the server said by itself, newest first.")

(cl-defmethod eglot-handle-notification :before (_server method &rest _)
  (push (format "%s" method) report-heard))
(cl-defmethod eglot-handle-request :before (_server method &rest _)
  (push (format "%s" method) report-heard))

(defun report-wait (what look)
  "Wait until LOOK answers something; WHAT is for the error."
  (let ((end (+ (float-time) 60)))
    (while (not (funcall look))
      (when (> (float-time) end) (error "Waited in vain for %s" what))
      (accept-process-output nil 0.02))))

(defun report-place (problem)
  "What is told of the Flymake PROBLEM."
  `((line . ,(line-number-at-pos (flymake-diagnostic-beg problem)))
    (type . ,(format "%s" (flymake-diagnostic-type problem)))
    (text . ,(flymake-diagnostic-text problem))))

(defun report-main ()
  "Drive a session and return what there is to tell."
  (find-file (getenv "FILE"))
  (call-interactively #'eglot)
  (let ((server (eglot-current-server)) problems run)
    (report-wait "a problem" (lambda () (flymake-start) (flymake-diagnostics)))
    (setq problems (mapcar #'report-place (flymake-diagnostics)))
    (setq run (jsonrpc-request server :workspace/executeCommand
                               `(:command "offshoot.runWorkflow"
                                 :arguments [(:workflow ,(concat "file://" (getenv "RUN")))])
                               :timeout 60))
    (report-wait "the end of the run" (lambda () (file-exists-p (getenv "DONE"))))
    ;; Whatever the server wanted to say about the run comes before the answer to this one.
    (jsonrpc-request server :workspace/executeCommand
                     `(:command "offshoot.cancelRun" :arguments [(:run_id ,(plist-get run :run_id))])
                     :timeout 60)
    (eglot-shutdown server nil 60)
    `((problems . ,(vconcat problems))
      (run_id . ,(plist-get run :run_id))
      (heard . ,(vconcat (delete-dups (nreverse report-heard)))))))

(let ((report (condition-case trouble (report-main)
                (error `((trouble . ,(error-message-string trouble)))))))
  (with-temp-file (getenv "REPORT") (insert (json-encode report))))

;;; eglot.el ends here
