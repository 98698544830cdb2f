{{/* The pod that trains what is no release yet. */}}
{{- define "coppice.trainingPod" -}}
{{- $root := . -}}
{{- $training := .Values.training -}}
{{- $data := $training.data -}}
{{- $parts := dict "root" $root "component" "training" "image" "trainer" -}}
metadata:
  labels: {{ include "coppice.podLabels" $parts | nindent 4 }}
spec:
  {{- include "coppice.podBasics" $parts | nindent 2 }}
  restartPolicy: Never
  containers:
    - name: trainer
      {{- include "coppice.containerBasics" $parts | nindent 6 }}
      args:
        - --keep-others
        - --name={{ $root.Values.modelName }}
        {{- with $data.file }}
        - --data=/training-data/{{ . }}
        {{- end }}
        {{- range $training.args }}
        - {{ . | quote }}
        {{- end }}
      env:
        {{- range $key, $value := merge (include "coppice.releasesSettings" $root | fromYaml) (dict "MODEL_NAME" $root.Values.modelName) }}
        - { name: {{ $key }}, value: {{ $value | quote }} }
        {{- end }}
        {{- if $root.Values.releases.existingSecret }}
        {{- include "coppice.releasesKeys" $root | nindent 8 }}
        {{- end }}
        {{- if $root.Values.mlflow.enabled }}
        {{- include "coppice.mlflowClient" $root | nindent 8 }}
        {{- end }}
      resources: {{ toYaml $training.resources | nindent 8 }}
      volumeMounts:
        - { name: tmp, mountPath: /tmp }
        - { name: artifacts, mountPath: /app/artifacts }
        {{- if or $data.existingClaim $data.existingConfigMap }}
        - { name: data, mountPath: /training-data, readOnly: true }
        {{- end }}
  volumes:
    - { name: tmp, emptyDir: { sizeLimit: 1Gi } }
    {{- if $root.Values.releases.existingClaim }}
    - { name: artifacts, persistentVolumeClaim: { claimName: {{ $root.Values.releases.existingClaim }} } }
    {{- else }}
    - { name: artifacts, emptyDir: { sizeLimit: 2Gi } }
    {{- end }}
    {{- if $data.existingClaim }}
    - { name: data, persistentVolumeClaim: { claimName: {{ $data.existingClaim }}, readOnly: true } }
    {{- else if $data.existingConfigMap }}
    - { name: data, configMap: { name: {{ $data.existingConfigMap }} } }
    {{- end }}
{{- end }}
